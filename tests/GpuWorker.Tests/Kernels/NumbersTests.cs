using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Sweep.GpuWorker.Kernels;
using TorchSharp;

namespace Sweep.GpuWorker.Tests.Kernels;

/// <summary>No number that libtorch reads is left to the garbage collector: see <see cref="Addition"/>.</summary>
public sealed class NumbersTests
{
    [Fact]
    public void The_worker_calls_nothing_that_makes_a_number_of_its_own()
    {
        var called = CallsInto(typeof(torch).Assembly, typeof(Addition).Module).ToList();

        Assert.NotEmpty(called);
        Assert.Empty(called.Where(MakesNumber).Select(method => $"{method.DeclaringType}: {method}"));
    }

    /// <summary>Conversions to <see cref="Scalar"/>, operators with a number, and additions without a factor, where TorchSharp supplies a 1.</summary>
    private static bool MakesNumber(MethodBase method)
    {
        var parameters = method.GetParameters().Select(parameter => parameter.ParameterType).ToList();
        if (method.DeclaringType == typeof(Scalar)) return method.Name == "op_Implicit";
        if (method.DeclaringType != typeof(torch.Tensor)) return false;
        return method.Name switch
        {
            "op_Addition" or "op_Increment" => true,
            "add" or "add_" => parameters.Count == 1,
            "addcdiv" or "addcdiv_" or "addcmul" or "addcmul_" => parameters.Count == 2,
            var name => name.StartsWith("op_", StringComparison.Ordinal) && parameters.Any(type => type != typeof(torch.Tensor)),
        };
    }

    private static IEnumerable<MethodBase> CallsInto(Assembly callee, Module caller)
    {
        using var file = new PEReader(File.OpenRead(caller.FullyQualifiedName));
        var metadata = file.GetMetadataReader();
        foreach (var handle in metadata.MemberReferences)
        {
            // Members of constructed types cannot be resolved without their context; none of them takes a number.
            if (metadata.GetMemberReference(handle).Parent.Kind != HandleKind.TypeReference) continue;
            if (caller.ResolveMember(MetadataTokens.GetToken(handle)) is MethodBase method && method.DeclaringType?.Assembly == callee)
                yield return method;
        }
    }
}
