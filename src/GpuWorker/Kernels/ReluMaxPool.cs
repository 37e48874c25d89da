using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Kernels;

/// <summary>ReLU and 2×2 max pooling as one layer: ReLU(max(x)) = max(ReLU(x)).</summary>
internal static unsafe class ReluMaxPool
{
    /// <param name="input">Images × channels × height × width; not needed by others any more.</param>
    /// <returns>Half as high and wide, rounded down.</returns>
    public static Tensor Forward(Tensor input)
    {
        if (!TensorMemory.IsReachable(input) || !Fits(input.shape)) return nn.functional.max_pool2d(input.relu_(), 2);
        using var scope = NewDisposeScope();
        var output = is_grad_enabled() && input.requires_grad ? Function.apply(input) : Pool(input);
        return output.MoveToOuterDisposeScope();
    }

    /// <summary>Whole vectors cover a pixel, or one vector does.</summary>
    private static bool Fits(long[] shape) =>
        shape[2] >= 2 && shape[3] >= 2 && (shape[1] <= Vector512<float>.Count || shape[1] % Vector512<float>.Count == 0);

    private static Tensor Pool(Tensor input)
    {
        var memory = TensorMemory.ChannelsLast(input);
        var (shape, pooled) = (memory.shape, empty(memory.shape[0], memory.shape[1] / 2, memory.shape[2] / 2, memory.shape[3], dtype: memory.dtype));
        if (memory.dtype == ScalarType.BFloat16) new Map<BFloat16>(shape).Forward(TensorMemory.Pointer<BFloat16>(memory), TensorMemory.Pointer<BFloat16>(pooled));
        else new Map<Float32>(shape).Forward(TensorMemory.Pointer<Float32>(memory), TensorMemory.Pointer<Float32>(pooled));
        return pooled.permute(0, 3, 1, 2);
    }

    private static Tensor Unpool(Tensor input, Tensor output, Tensor gradient)
    {
        var (memory, pooled, incoming) = (TensorMemory.ChannelsLast(input), TensorMemory.ChannelsLast(output), TensorMemory.ChannelsLast(gradient));
        var shape = memory.shape;
        // Of an odd height, the last row is not pooled.
        var result = shape[1] % 2 == 0 ? empty_like(memory) : zeros_like(memory);
        if (memory.dtype == ScalarType.BFloat16) Backward<BFloat16>();
        else Backward<Float32>();
        return result.permute(0, 3, 1, 2);

        void Backward<T>()
            where T : unmanaged, IElement<T> =>
            new Map<T>(shape).Backward(
                TensorMemory.Pointer<T>(memory), TensorMemory.Pointer<T>(pooled), TensorMemory.Pointer<T>(incoming), TensorMemory.Pointer<T>(result));
    }

    private sealed class Function : torch.autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(ReluMaxPool);

        public override Tensor forward(torch.autograd.AutogradContext context, params object[] arguments)
        {
            var input = (Tensor)arguments[0];
            var output = Pool(input);
            context.save_for_backward([input, output]);
            return output;
        }

        public override List<Tensor> backward(torch.autograd.AutogradContext context, Tensor gradient) =>
            ManagedBackward.Part(gradient, arguments: 1, () =>
            {
                var saved = context.get_saved_variables();
                return [Unpool(saved[0], saved[1], gradient)];
            })!;
    }

    /// <summary>
    /// The pass over memory with channels last, two rows at a time. A vector begins at each pixel; where a pixel has fewer channels it reaches
    /// into the pixels after it, and what it writes there is written over when those are reached. So rows are copied to where they have room behind them.
    /// </summary>
    /// <param name="shape">Images × height × width × channels, of the input.</param>
    private sealed class Map<T>(long[] shape)
        where T : unmanaged, IElement<T>
    {
        private readonly int _channels = (int)shape[3];
        private readonly int _height = (int)shape[1];
        private readonly int _row = (int)(shape[2] * shape[3]);
        private readonly int _pooledHeight = (int)(shape[1] / 2);
        private readonly int _pooledRow = (int)(shape[2] / 2 * shape[3]);

        /// <summary>Rows of the output, over all images.</summary>
        private readonly Parts _rows = new((int)(shape[0] * (shape[1] / 2)));

        public void Forward(T* x, T* y) =>
            _rows.ForEach([MethodImpl(MethodImplOptions.AggressiveOptimization)] (part) =>
            {
                T[] upperRow = Row(_row), lowerRow = Row(_row), pooledRow = Row(_pooledRow);
                fixed (T* upper = upperRow, lower = lowerRow, pooled = pooledRow)
                    for (var row = _rows.Start(part); row < _rows.Start(part + 1); row++)
                    {
                        Copy(x + First(row), upper, _row);
                        Copy(x + First(row) + _row, lower, _row);
                        for (var (at, left) = (0, 0); at < _pooledRow; Next(ref at, ref left))
                        {
                            var right = left + _channels;
                            var highest = Vector512.Max(
                                Vector512.Max(T.Load(upper + left), T.Load(upper + right)), Vector512.Max(T.Load(lower + left), T.Load(lower + right)));
                            T.Store(Vector512.Max(highest, Vector512<float>.Zero), pooled + at);
                        }
                        Copy(pooled, y + (nint)row * _pooledRow, _pooledRow);
                    }
            });

        /// <summary>A gradient goes to the largest pixel of its four, the first of equal ones, if that was positive.</summary>
        /// <param name="xGradient">Rows that no pixel is pooled from are left as they are.</param>
        public void Backward(T* x, T* y, T* yGradient, T* xGradient) =>
            _rows.ForEach([MethodImpl(MethodImplOptions.AggressiveOptimization)] (part) =>
            {
                T[] upperRow = Row(_row), lowerRow = Row(_row), pooledRow = Row(_pooledRow), gradientRow = Row(_pooledRow);
                T[] upperResult = Row(_row), lowerResult = Row(_row);
                var zero = Vector512<float>.Zero;
                fixed (T* upper = upperRow, lower = lowerRow, pooled = pooledRow, gradient = gradientRow, upperTo = upperResult, lowerTo = lowerResult)
                    for (var row = _rows.Start(part); row < _rows.Start(part + 1); row++)
                    {
                        Copy(x + First(row), upper, _row);
                        Copy(x + First(row) + _row, lower, _row);
                        Copy(y + (nint)row * _pooledRow, pooled, _pooledRow);
                        Copy(yGradient + (nint)row * _pooledRow, gradient, _pooledRow);
                        for (var (at, left) = (0, 0); at < _pooledRow; Next(ref at, ref left))
                        {
                            var right = left + _channels;
                            var highest = T.Load(pooled + at);
                            var rest = Vector512.ConditionalSelect(Vector512.GreaterThan(highest, zero), T.Load(gradient + at), zero);
                            T.Store(Take(T.Load(upper + left), highest, ref rest), upperTo + left);
                            T.Store(Take(T.Load(upper + right), highest, ref rest), upperTo + right);
                            T.Store(Take(T.Load(lower + left), highest, ref rest), lowerTo + left);
                            T.Store(Take(T.Load(lower + right), highest, ref rest), lowerTo + right);
                        }
                        // Of an odd width, the last pixel is not pooled.
                        upperResult.AsSpan(2 * _pooledRow).Clear();
                        lowerResult.AsSpan(2 * _pooledRow).Clear();
                        Copy(upperTo, xGradient + First(row), _row);
                        Copy(lowerTo, xGradient + First(row) + _row, _row);
                    }
            });

        /// <summary>The gradient where the pixel is the highest, and then no more of it for those that follow.</summary>
        private static Vector512<float> Take(Vector512<float> pixel, Vector512<float> highest, ref Vector512<float> gradient)
        {
            var mine = Vector512.Equals(pixel, highest);
            var taken = Vector512.ConditionalSelect(mine, gradient, Vector512<float>.Zero);
            gradient = Vector512.ConditionalSelect(mine, Vector512<float>.Zero, gradient);
            return taken;
        }

        /// <summary>The next vector of the pixel, or the first one of the next pixel, which lies two further in the input.</summary>
        private void Next(ref int at, ref int left)
        {
            var step = Math.Min(_channels, Vector512<float>.Count);
            at += step;
            left += step;
            if (at % _channels == 0) left += _channels;
        }

        private static T[] Row(int length) => new T[length + Vector512<float>.Count];

        private static void Copy(T* from, T* to, int length) => new ReadOnlySpan<T>(from, length).CopyTo(new Span<T>(to, length));

        /// <summary>The first element of the upper row that a row of the output comes from.</summary>
        private nint First(int row) => (nint)(row / _pooledHeight * _height + row % _pooledHeight * 2) * _row;
    }
}
