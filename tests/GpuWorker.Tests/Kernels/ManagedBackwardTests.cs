using Sweep.GpuWorker.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Tests.Kernels;

[Collection(Torch.Collection)]
public sealed class ManagedBackwardTests
{
    [Fact]
    public void What_a_part_throws_reaches_the_caller_and_leaves_no_trace()
    {
        using var scope = NewDisposeScope();
        var input = ones(3).requires_grad_();

        var failure = Assert.Throws<InvalidOperationException>(() => ManagedBackward.Run(Failing.apply(input * 2).sum()));
        ManagedBackward.Run((input * 3).sum());

        Assert.Equal("not enough memory", failure.Message);
        Assert.Equal(9, input.grad!.sum().item<float>());
    }

    [Fact]
    public void Steps_leave_no_tensors_behind()
    {
        using var outer = NewDisposeScope();
        using var norm = nn.BatchNorm2d(16);
        var images = randn(4, 4, 4, 16).permute(0, 3, 1, 2).requires_grad_();
        Step();
        var before = Tensor.TotalCount;
        for (var step = 0; step < 10; step++) Step();

        Assert.Equal(before, Tensor.TotalCount);

        void Step()
        {
            using var scope = NewDisposeScope();
            ManagedBackward.Run(ReluMaxPool.Forward(BatchNormRelu.Forward(norm, images * 1, images * 2)).sum());
        }
    }

    private sealed class Failing : torch.autograd.SingleTensorFunction<Failing>
    {
        public override string Name => nameof(Failing);

        public override Tensor forward(torch.autograd.AutogradContext context, params object[] arguments) => ((Tensor)arguments[0]) + 1;

        public override List<Tensor> backward(torch.autograd.AutogradContext context, Tensor gradient) =>
            ManagedBackward.Part(gradient, arguments: 1, () => throw new InvalidOperationException("not enough memory"))!;
    }
}
