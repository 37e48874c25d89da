using System.Text.RegularExpressions;
using System.Xml.Linq;
using k8s;
using k8s.Models;
using Sweep.Coordinator;
using Sweep.Coordinator.SweepFiles;
using Sweep.GpuWorker;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Status;

namespace Sweep.Deploy.Tests.Manifests;

/// <summary>The manifests against the API, against each other, and against what the programs are.</summary>
public sealed class ManifestTests
{
    private const string CoordinatorName = "sweep-coordinator", WorkerName = "sweep-worker";

    public static TheoryData<string> Folders => ["overlays/single", "overlays/ha", "overlays/gpu", "overlays/cpu", "overlays/dev", "job"];

    public static TheoryData<string> Overlays => ["overlays/single", "overlays/ha", "overlays/gpu", "overlays/cpu", "overlays/dev"];

    [Theory, MemberData(nameof(Folders))]
    public async Task Every_object_is_known_to_the_API_to_the_last_field(string folder)
    {
        var manifests = await Manifests.RenderAsync(folder);
        Assert.All(manifests.Objects, item => Assert.IsAssignableFrom<IKubernetesObject>(item));
        Assert.NotEmpty(manifests.Pods);
    }

    [Fact]
    public async Task A_field_that_the_API_does_not_know_is_an_error()
    {
        var folder = Directory.CreateTempSubdirectory("sweep-test-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "kustomization.yaml"), "resources: [service.yaml]");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "service.yaml"), "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {clusterIp: None}}");
            await Assert.ThrowsAnyAsync<Exception>(() => Manifests.RenderAsync(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory, MemberData(nameof(Folders))]
    public async Task Every_option_is_one_of_the_program_s(string folder)
    {
        var help = new Dictionary<string, string> { [CoordinatorName] = await HelpOf(Programs.Coordinator("--help")), ["sweep-gpu-worker"] = await HelpOf(Programs.Worker("--help")) };
        var manifests = await Manifests.RenderAsync(folder);
        foreach (var container in manifests.Pods.SelectMany(pod => pod.Containers).Where(container => container.Command is null && container.Args[0] != "fetch"))
            foreach (var argument in container.Args)
                Assert.Matches($@"(?m)^\s+{Regex.Escape(argument.Split('=')[0])}\b", help[ImageName(container)]);

        static async Task<string> HelpOf(RunningProgram program)
        {
            using (program)
            {
                await program.ExitAsync();
                return program.Output;
            }
        }
    }

    [Theory, MemberData(nameof(Folders))]
    public async Task Ports_are_those_that_the_programs_are_told_to_listen_on(string folder)
    {
        var manifests = await Manifests.RenderAsync(folder);
        foreach (var container in manifests.Pods.SelectMany(pod => pod.Containers))
            foreach (var port in container.Ports ?? [])
            {
                var option = port.Name switch { "cluster" => "--listen", "http" => "--http", _ => throw new InvalidOperationException(port.Name) };
                Assert.EndsWith($":{port.ContainerPort}", PodSource.Values(container, option).Single(), StringComparison.Ordinal);
            }
        foreach (var port in manifests.Objects.OfType<V1Service>().SelectMany(service => service.Spec.Ports))
            Assert.Contains(manifests.Pods.SelectMany(pod => pod.Spec.Containers).SelectMany(container => container.Ports ?? []), one => one.Name == port.TargetPort.Value && one.ContainerPort == port.Port);
    }

    [Theory, MemberData(nameof(Folders))]
    public async Task Probes_ask_what_the_programs_answer(string folder)
    {
        var manifests = await Manifests.RenderAsync(folder);
        var probed = manifests.Pods.SelectMany(pod => pod.Spec.Containers).Where(container => container.LivenessProbe is not null).ToList();
        Assert.NotEmpty(probed);
        foreach (var container in probed)
        {
            Assert.Equal(StatusServer.LivePath, container.LivenessProbe.HttpGet.Path);
            Assert.Equal(StatusServer.ReadyPath, container.ReadinessProbe.HttpGet.Path);
            Assert.Equal(StatusServer.StartupPath, container.StartupProbe.HttpGet.Path);
            foreach (var probe in new[] { container.LivenessProbe, container.ReadinessProbe, container.StartupProbe })
                Assert.Contains(container.Ports, port => port.Name == probe.HttpGet.Port.Value);
        }
        foreach (var annotations in manifests.Pods.Select(pod => pod.Metadata.Annotations).OfType<IDictionary<string, string>>())
            Assert.Equal(StatusServer.MetricsPath, annotations["prometheus.io/path"]);
    }

    [Theory, MemberData(nameof(Folders))]
    public async Task Selectors_find_pods_and_claims_secrets_and_mounts_exist(string folder)
    {
        var manifests = await Manifests.RenderAsync(folder);
        var labels = manifests.Pods.Select(pod => pod.Metadata.Labels).ToList();
        bool Finds(IDictionary<string, string> selector) => labels.Any(pod => selector.All(label => pod.TryGetValue(label.Key, out var value) && value == label.Value));

        foreach (var pod in manifests.Pods.Where(pod => pod.Selector is not null))
            Assert.All(pod.Selector!.MatchLabels, label => Assert.Equal(label.Value, pod.Metadata.Labels[label.Key]));
        Assert.All(manifests.Objects.OfType<V1Service>(), service => Assert.True(Finds(service.Spec.Selector)));
        Assert.All(manifests.Objects.OfType<V1PodDisruptionBudget>(), budget => Assert.True(Finds(budget.Spec.Selector.MatchLabels)));
        Assert.All(manifests.Objects.OfType<V1NetworkPolicy>(), policy => Assert.True(Finds(policy.Spec.PodSelector.MatchLabels)));
        foreach (var pod in manifests.Pods)
        {
            Assert.All(pod.Containers.SelectMany(container => container.VolumeMounts), mount => Assert.Contains(pod.Spec.Volumes, volume => volume.Name == mount.Name));
            Assert.All(pod.Spec.Volumes, volume => Assert.Contains(pod.Containers.SelectMany(container => container.VolumeMounts), mount => mount.Name == volume.Name));
            foreach (var volume in pod.Spec.Volumes)
            {
                if (volume.PersistentVolumeClaim is { } claim) manifests.Single<V1PersistentVolumeClaim>(claim.ClaimName);
                if (volume.ConfigMap is { } map) manifests.Single<V1ConfigMap>(map.Name);
            }
            foreach (var variable in pod.Containers.SelectMany(container => container.Env ?? []))
                if (variable.ValueFrom?.ConfigMapKeyRef is { } key) Assert.Contains(key.Key, manifests.Single<V1ConfigMap>(key.Name).Data.Keys);
        }
    }

    [Theory, MemberData(nameof(Folders))]
    public async Task Nobody_is_root_writes_to_an_image_or_knows_the_API(string folder)
    {
        var user = long.Parse(Regex.Match(Dockerfile("Coordinator"), @"(?m)^USER (\d+):\d+$").Groups[1].Value);
        foreach (var pod in (await Manifests.RenderAsync(folder)).Pods)
        {
            Assert.False(pod.Spec.AutomountServiceAccountToken);
            Assert.True(pod.Spec.SecurityContext.RunAsNonRoot);
            Assert.Equal(user, pod.Spec.SecurityContext.RunAsUser);
            Assert.Equal(user, pod.Spec.SecurityContext.FsGroup);
            Assert.Equal("RuntimeDefault", pod.Spec.SecurityContext.SeccompProfile.Type);
            foreach (var container in pod.Containers)
            {
                Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
                Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
                Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
                Assert.NotNull(container.Resources.Requests["memory"]);
            }
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task Workers_join_every_coordinator_by_the_name_under_which_it_listens(string folder)
    {
        var manifests = await Manifests.RenderAsync(folder);
        var coordinators = manifests.Single<V1StatefulSet>(CoordinatorName);
        var service = manifests.Single<V1Service>(coordinators.Spec.ServiceName);
        var listen = PodSource.Values(Coordinator(manifests), "--listen").Single();
        var names = Enumerable.Range(0, coordinators.Spec.Replicas!.Value).Select(number => listen.Replace("$(POD_NAME)", $"{CoordinatorName}-{number}", StringComparison.Ordinal));
        Assert.Equal(names.Order(), PodSource.Values(Worker(manifests), "--join").Order());
        Assert.Contains($".{service.Metadata.Name}:", listen, StringComparison.Ordinal);
        Assert.Equal("None", service.Spec.ClusterIP);
        Assert.True(service.Spec.PublishNotReadyAddresses);
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task Workers_reach_coordinators_and_nothing_else_and_nobody_reaches_workers(string folder)
    {
        var manifests = await Manifests.RenderAsync(folder);
        var port = Coordinator(manifests).Ports.Single(port => port.Name == "cluster").ContainerPort.ToString();
        var entrance = manifests.Single<V1NetworkPolicy>(CoordinatorName).Spec.Ingress.Single();
        Assert.Equal([WorkerName], Names(entrance.FromProperty));
        Assert.Equal([port], Ports(entrance.Ports));
        var worker = manifests.Single<V1NetworkPolicy>(WorkerName).Spec;
        Assert.Equal([CoordinatorName], Names(worker.Egress.Single().To));
        Assert.Equal([port], Ports(worker.Egress.Single().Ports));
        Assert.Null(worker.Ingress);
        Assert.Equal(["Egress", "Ingress"], manifests.Single<V1NetworkPolicy>("sweep-nothing-else").Spec.PolicyTypes.Order());

        static string[] Names(IEnumerable<V1NetworkPolicyPeer> peers) => [.. peers.Select(peer => peer.PodSelector.MatchLabels.Values.Single())];
        static string[] Ports(IEnumerable<V1NetworkPolicyPort> ports) => [.. ports.Select(one => one.Port.Value)];
    }

    [Theory]
    [InlineData("overlays/single")]
    [InlineData("overlays/ha")]
    [InlineData("overlays/gpu")]
    [InlineData("overlays/cpu")]
    public async Task Certificates_are_where_cert_manager_puts_them(string folder)
    {
        var manifests = await Manifests.RenderAsync(folder);
        foreach (var (pod, container) in new[] { (Pod(manifests, CoordinatorName), Coordinator(manifests)), (Pod(manifests, WorkerName), Worker(manifests)) })
        {
            var mount = container.VolumeMounts.Single(mount => mount.Name == pod.Spec.Volumes.Single(volume => volume.Secret is not null).Name).MountPath;
            Assert.Equal([$"{mount}/tls.crt"], PodSource.Values(container, "--tls-cert"));
            Assert.Equal([$"{mount}/tls.key"], PodSource.Values(container, "--tls-key"));
            Assert.Equal([$"{mount}/ca.crt"], PodSource.Values(container, "--tls-ca"));
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task A_worker_has_time_to_hand_its_trial_back(string folder) =>
        Assert.True(Pod(await Manifests.RenderAsync(folder), WorkerName).Spec.TerminationGracePeriodSeconds > 2 * WorkerNode.DrainLimit.TotalSeconds);

    [Theory, MemberData(nameof(Overlays))]
    public async Task Workers_keep_checkpoints_where_the_coordinator_has_its_trials(string folder)
    {
        var manifests = await Manifests.RenderAsync(folder);
        var trials = Path.Combine(PodSource.Values(Coordinator(manifests), "--output").Single(), "trials");
        Assert.Equal(
            Coordinator(manifests).VolumeMounts.Single(mount => mount.MountPath == trials).Name,
            Worker(manifests).VolumeMounts.Single(mount => mount.MountPath == trials).Name);
    }

    [Theory, MemberData(nameof(Folders))]
    public async Task The_sweep_is_one_that_ships_and_its_data_set_is_the_one_that_is_fetched(string folder)
    {
        var manifests = await Manifests.RenderAsync(folder);
        var map = manifests.Objects.OfType<V1ConfigMap>().Single();
        var text = map.Data["sweep.yaml"];
        Assert.Contains(Directory.EnumerateFiles(Path.Combine(Programs.Repository, "sweeps"), "*.yaml"), file => File.ReadAllText(file) == text);
        var file = Assert.IsType<SweepFileResult.Valid>(SweepFileReader.ReadText(text, "sweep.yaml"));
        if (map.Data.TryGetValue("dataset", out var dataset)) Assert.Equal(DatasetFacts.Of(((NetworkConfiguration)file.Definition.Base).Dataset.Name).FileName, dataset);
    }

    [Fact]
    public async Task Only_workers_on_GPUs_ask_for_one()
    {
        foreach (var (folder, gpus) in new[] { ("overlays/gpu", 1), ("overlays/ha", 1), ("overlays/single", 0), ("overlays/cpu", 0), ("overlays/dev", 0) })
        {
            var pod = Pod(await Manifests.RenderAsync(folder), WorkerName);
            var worker = pod.Container("worker");
            Assert.Equal(gpus, worker.Resources.Limits.TryGetValue("nvidia.com/gpu", out var quantity) ? quantity.ToInt32() : 0);
            Assert.Equal(gpus == 1, worker.Image.EndsWith("-cuda", StringComparison.Ordinal));
            Assert.Equal(gpus == 1, pod.Spec.Tolerations?.Any(toleration => toleration.Key == "nvidia.com/gpu") == true);
        }
    }

    [Fact]
    public async Task Three_coordinators_share_a_history_in_PostgreSQL_and_one_run_folder()
    {
        var manifests = await Manifests.RenderAsync("overlays/ha");
        var coordinator = Coordinator(manifests);
        Assert.Equal(3, manifests.Single<V1StatefulSet>(CoordinatorName).Spec.Replicas);
        Assert.Contains("--standby", coordinator.Args);
        Assert.Equal("url", coordinator.Env.Single(variable => variable.Name == "SWEEP_STORE").ValueFrom.SecretKeyRef.Key);
        Assert.Equal(["ReadWriteMany"], manifests.Single<V1PersistentVolumeClaim>("sweep-runs").Spec.AccessModes);
        Assert.NotNull(Pod(manifests, CoordinatorName).Spec.Affinity.PodAntiAffinity);

        var single = await Manifests.RenderAsync("overlays/single");
        Assert.DoesNotContain("--standby", Coordinator(single).Args);
        Assert.Equal(["ReadWriteOnce"], single.Single<V1PersistentVolumeClaim>("sweep-runs").Spec.AccessModes);
    }

    [Theory]
    [InlineData("components/keda")]
    [InlineData("components/hpa")]
    public async Task An_autoscaler_takes_over_the_number_of_workers(string component)
    {
        var manifests = await Manifests.RenderAsync("overlays/gpu", component);
        Assert.Null(manifests.Single<V1Deployment>(WorkerName).Spec.Replicas);
        var (target, down) = component.EndsWith("keda", StringComparison.Ordinal) ? Keda() : Hpa();
        Assert.Equal(WorkerName, target);
        // No shorter than a worker takes to come up, or it would be ended and missed at once.
        Assert.True(down >= 300);

        (string, int) Keda()
        {
            var scaled = manifests.Single<ScaledObject>(WorkerName).Spec;
            Assert.Equal(0, scaled.MinReplicaCount);
            Assert.Equal("sum(max by (sweep) (sweep_demand))", scaled.Triggers.Single().Metadata["query"]);
            return (scaled.ScaleTargetRef.Name, Math.Min(scaled.CooldownPeriod, scaled.Advanced.HorizontalPodAutoscalerConfig.Behavior.ScaleDown.StabilizationWindowSeconds!.Value));
        }

        (string, int) Hpa()
        {
            var autoscaler = manifests.Single<V2HorizontalPodAutoscaler>(WorkerName).Spec;
            Assert.Equal("sweep_demand", autoscaler.Metrics.Single().External.Metric.Name);
            return (autoscaler.ScaleTargetRef.Name, autoscaler.Behavior.ScaleDown.StabilizationWindowSeconds!.Value);
        }
    }

    [Fact]
    public async Task A_job_is_not_tried_again_where_another_pod_would_fare_no_better()
    {
        var manifests = await Manifests.RenderAsync("job");
        var job = manifests.Single<V1Job>("sweep-job").Spec;
        var final = job.PodFailurePolicy.Rules.Single(rule => rule.Action == "FailJob").OnExitCodes;
        Assert.Equal([ExitCodes.BadInput, ExitCodes.NoTrialCompleted, ExitCodes.CannotGoOn], final.Values.OfType<int>());
        Assert.Equal("Never", job.Template.Spec.RestartPolicy);
        // Sidecars: the kubelet ends them when the coordinator has ended.
        Assert.All(job.Template.Spec.InitContainers, worker => Assert.Equal("Always", worker.RestartPolicy));
        var listen = PodSource.Values(job.Template.Spec.Containers.Single(), "--listen").Single();
        Assert.All(job.Template.Spec.InitContainers, worker => Assert.Equal([listen], PodSource.Values(worker, "--join")));
        Assert.DoesNotContain("--stay", job.Template.Spec.Containers.Single().Args);
    }

    [Theory, MemberData(nameof(Folders))]
    public async Task Images_are_of_this_version(string folder)
    {
        var version = XDocument.Load(Path.Combine(Programs.Repository, "Directory.Build.props")).Descendants("Version").Single().Value;
        foreach (var container in (await Manifests.RenderAsync(folder)).Pods.SelectMany(pod => pod.Containers))
        {
            var tag = container.Image.Split(':')[1];
            if (folder != "overlays/dev") Assert.StartsWith(version, tag, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Coordinator", "coordinator")]
    [InlineData("GpuWorker", "gpu-worker")]
    public void Images_start_as_a_user_stop_by_SIGTERM_and_name_their_ports(string project, string program)
    {
        var file = Dockerfile(project);
        Assert.Contains($"ENTRYPOINT [\"/app/{program}\"]", file, StringComparison.Ordinal);
        Assert.Contains("STOPSIGNAL SIGTERM", file, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^USER [1-9]\d*:[1-9]\d*$", file);
        Assert.Contains($"\"/app/{program}\", \"health\", \"127.0.0.1:8080\"", file, StringComparison.Ordinal);
        Assert.Matches($@"(?m)^EXPOSE {(project == "Coordinator" ? 4053 : 4054)} 8080$", file);
    }

    private static string Dockerfile(string project) => File.ReadAllText(Path.Combine(Programs.Repository, "src", project, "Dockerfile"));

    private static string ImageName(V1Container container) => container.Image.Split(':')[0];

    private static PodSource Pod(Manifests manifests, string name) => manifests.Pods.Single(pod => pod.Name == name);

    private static V1Container Coordinator(Manifests manifests) => Pod(manifests, CoordinatorName).Container("coordinator");

    private static V1Container Worker(Manifests manifests) => Pod(manifests, WorkerName).Container("worker");
}
