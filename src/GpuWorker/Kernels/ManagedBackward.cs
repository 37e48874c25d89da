using System.Runtime.ExceptionServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Kernels;

/// <summary>
/// Backward passes of which parts are written in C#. libtorch calls them, on the thread that asked for the gradients: an exception that left
/// them would cross its frames and end the process, so it is kept and thrown by <see cref="Run"/>.
/// </summary>
internal static class ManagedBackward
{
    [ThreadStatic]
    private static ExceptionDispatchInfo? _failure;

    /// <summary>What the latest part has returned. libtorch takes its own reference when the part is left; ours would hold memory until the step ends.</summary>
    [ThreadStatic]
    private static List<Tensor?>? _returned;

    /// <summary>As <c>loss.backward()</c>.</summary>
    public static void Run(Tensor loss)
    {
        try
        {
            loss.backward();
        }
        catch when (_failure is not null)
        {
            // It follows from the failure, which says more.
        }
        finally
        {
            Release();
        }
        var failure = _failure;
        _failure = null;
        failure?.Throw();
    }

    /// <summary>One part: the gradients of a function's arguments, of which null stands for those that have none.</summary>
    /// <param name="gradient">The function's own; released when the part is done.</param>
    /// <param name="arguments">How many the function has.</param>
    /// <param name="compute">Is called in a dispose scope of its own, that its results outlive.</param>
    public static List<Tensor?> Part(Tensor gradient, int arguments, Func<Tensor?[]> compute)
    {
        Release();
        using var ours = gradient;
        try
        {
            using var scope = NewDisposeScope();
            return _returned = [.. compute().Select(result => result?.MoveToOuterDisposeScope())];
        }
        catch (Exception failure)
        {
            _failure ??= ExceptionDispatchInfo.Capture(failure);
            return [.. new Tensor?[arguments]];
        }
    }

    private static void Release()
    {
        foreach (var tensor in _returned ?? []) tensor?.Dispose();
        _returned = null;
    }
}
