using k8s;
using k8s.Models;

namespace Sweep.Deploy.Tests.Manifests;

/// <summary>What one folder of <c>deploy/k8s</c> renders to, read by the API's own types: a field that they do not know is an error.</summary>
public sealed class Manifests
{
    private static readonly Dictionary<string, Type> Types = new() { ["keda.sh/v1alpha1/ScaledObject"] = typeof(ScaledObject) };

    private Manifests(List<object> objects) => Objects = objects;

    public List<object> Objects { get; }

    public IEnumerable<PodSource> Pods => Objects.Select(PodSource.Of).OfType<PodSource>();

    /// <param name="folder">Below <c>deploy/k8s</c>.</param>
    public static async Task<Manifests> RenderAsync(string folder) => Read(await KustomizeAsync(Path.Combine(Root, folder)));

    /// <summary>An overlay with components that it does not have by itself.</summary>
    public static async Task<Manifests> RenderAsync(string folder, params string[] components)
    {
        var temporary = Directory.CreateTempSubdirectory("sweep-test-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(temporary.FullName, "kustomization.yaml"), $"""
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                resources: [{From(folder)}]
                components: [{string.Join(", ", components.Select(From))}]
                """);
            return Read(await KustomizeAsync(temporary.FullName));
        }
        finally
        {
            temporary.Delete(recursive: true);
        }

        string From(string name) => Path.GetRelativePath(temporary.FullName, Path.Combine(Root, name));
    }

    public T Single<T>(string name)
        where T : IKubernetesObject, IMetadata<V1ObjectMeta> =>
        Objects.OfType<T>().Single(item => item.Metadata.Name == name);

    public static string Root => Path.Combine(Programs.Repository, "deploy", "k8s");

    private static Manifests Read(string yaml) => new(KubernetesYaml.LoadAllFromString(yaml, Types, strict: true));

    private static async Task<string> KustomizeAsync(string folder)
    {
        var (exitCode, output) = await Tools.RunAsync("kubectl", ["kustomize", folder]);
        Assert.True(exitCode == 0, output);
        return output;
    }
}

/// <summary>Something that makes pods.</summary>
public sealed record PodSource(string Name, V1LabelSelector? Selector, V1ObjectMeta Metadata, V1PodSpec Spec)
{
    public IEnumerable<V1Container> Containers => (Spec.InitContainers ?? []).Concat(Spec.Containers);

    public V1Container Container(string name) => Containers.Single(container => container.Name == name);

    public static PodSource? Of(object item) => item switch
    {
        V1StatefulSet set => new(set.Metadata.Name, set.Spec.Selector, set.Spec.Template.Metadata, set.Spec.Template.Spec),
        V1Deployment deployment => new(deployment.Metadata.Name, deployment.Spec.Selector, deployment.Spec.Template.Metadata, deployment.Spec.Template.Spec),
        V1Job job => new(job.Metadata.Name, null, job.Spec.Template.Metadata, job.Spec.Template.Spec),
        _ => null,
    };

    /// <summary>What the option is given among the container's arguments: <c>--http=0.0.0.0:8080</c>.</summary>
    public static IReadOnlyList<string> Values(V1Container container, string option) =>
        [.. container.Args.Where(argument => argument.StartsWith(option + "=", StringComparison.Ordinal)).Select(argument => argument[(option.Length + 1)..])];
}

/// <summary>KEDA's object, as far as it is used here.</summary>
[KubernetesEntity(Group = "keda.sh", ApiVersion = "v1alpha1", Kind = "ScaledObject")]
public sealed class ScaledObject : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public ScaledObjectSpec Spec { get; set; } = new();
}

public sealed class ScaledObjectSpec
{
    public V1CrossVersionObjectReference ScaleTargetRef { get; set; } = new();

    public int MinReplicaCount { get; set; }

    public int MaxReplicaCount { get; set; }

    public int PollingInterval { get; set; }

    public int CooldownPeriod { get; set; }

    public ScaledObjectAdvanced Advanced { get; set; } = new();

    public List<ScaledObjectTrigger> Triggers { get; set; } = [];
}

public sealed class ScaledObjectAdvanced
{
    public ScaledObjectAutoscaler HorizontalPodAutoscalerConfig { get; set; } = new();
}

public sealed class ScaledObjectAutoscaler
{
    public V2HorizontalPodAutoscalerBehavior Behavior { get; set; } = new();
}

public sealed class ScaledObjectTrigger
{
    public string Type { get; set; } = "";

    public string MetricType { get; set; } = "";

    public Dictionary<string, string> Metadata { get; set; } = [];
}
