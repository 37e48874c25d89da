using System.Numerics;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

/// <summary>
/// Sobol's sequence with the direction numbers of Joe and Kuo (2008), scrambled as by Owen, by hashing (Burley 2020, "Practical hash-based Owen
/// scrambling"). Any 2ᵏ points from a multiple of 2ᵏ on have one in each of 2ᵏ equal cells of every axis.
/// </summary>
internal sealed class SobolSequence(int dimensions, long seed)
{
    private const int Bits = 32;

    /// <summary>Degree s, coefficients a and initial numbers m of the primitive polynomials, from the second dimension on.</summary>
    private static readonly (int Coefficients, uint[] Initial)[] JoeKuo =
    [
        (0, [1]), (1, [1, 3]), (1, [1, 3, 1]), (2, [1, 1, 1]), (1, [1, 1, 3, 3]), (4, [1, 3, 5, 13]),
        (2, [1, 1, 5, 5, 17]), (4, [1, 1, 5, 5, 5]), (7, [1, 1, 7, 11, 19]), (11, [1, 1, 5, 1, 1]), (13, [1, 1, 1, 3, 11]), (14, [1, 3, 5, 5, 31]),
        (1, [1, 3, 3, 9, 7, 49]), (13, [1, 1, 1, 15, 21, 21]), (16, [1, 3, 1, 13, 27, 49]), (19, [1, 1, 1, 15, 7, 5]),
        (22, [1, 3, 1, 15, 13, 25]), (25, [1, 1, 5, 5, 19, 61]),
        (1, [1, 3, 7, 11, 23, 15, 103]), (4, [1, 3, 7, 13, 13, 15, 69]), (7, [1, 1, 3, 13, 7, 35, 63]), (8, [1, 3, 5, 9, 1, 25, 53]),
        (14, [1, 3, 1, 13, 9, 35, 107]), (19, [1, 3, 1, 5, 27, 61, 31]), (21, [1, 1, 5, 11, 19, 41, 61]), (28, [1, 3, 5, 3, 3, 13, 69]),
        (31, [1, 1, 7, 13, 1, 19, 1]), (32, [1, 3, 7, 5, 13, 19, 59]), (37, [1, 1, 3, 9, 25, 29, 41]), (41, [1, 3, 5, 13, 23, 1, 55]),
        (42, [1, 3, 7, 3, 13, 59, 17]),
    ];

    private readonly uint[][] _directions = [.. Enumerable.Range(0, Math.Min(dimensions, JoeKuo.Length + 1)).Select(Directions)];
    private readonly uint[] _scrambles = [.. Enumerable.Range(0, dimensions).Select(dimension => (uint)new CounterRandom(seed, dimension).NextUInt64())];

    /// <summary>The point with this number, each coordinate in [0, 1). Dimensions beyond the table's are random.</summary>
    public double[] At(uint index)
    {
        var point = new double[dimensions];
        for (var dimension = 0; dimension < dimensions; dimension++)
            point[dimension] = dimension < _directions.Length
                ? (Scramble(Sobol(_directions[dimension], index), _scrambles[dimension]) + 0.5) / (1L << Bits)
                : new CounterRandom(seed, dimension, index).NextDouble();
        return point;
    }

    /// <summary>The coordinate before scrambling, as a fraction of 2³².</summary>
    internal static uint Unscrambled(int dimension, uint index) => Sobol(Directions(dimension), index);

    private static uint Sobol(uint[] directions, uint index)
    {
        var result = 0u;
        for (var bit = 0; index != 0; bit++, index >>= 1)
            if ((index & 1) != 0) result ^= directions[bit];
        return result;
    }

    private static uint[] Directions(int dimension)
    {
        var directions = new uint[Bits];
        if (dimension == 0)
        {
            for (var bit = 0; bit < Bits; bit++) directions[bit] = 1u << (Bits - 1 - bit);
            return directions;
        }
        var (coefficients, initial) = JoeKuo[dimension - 1];
        var degree = initial.Length;
        for (var bit = 0; bit < Bits; bit++)
        {
            if (bit < degree)
            {
                directions[bit] = initial[bit] << (Bits - 1 - bit);
                continue;
            }
            directions[bit] = directions[bit - degree] ^ (directions[bit - degree] >> degree);
            for (var k = 1; k < degree; k++)
                if (((coefficients >> (degree - 1 - k)) & 1) != 0) directions[bit] ^= directions[bit - k];
        }
        return directions;
    }

    /// <summary>Flips each bit by a hash of those above it: Laine and Karras's permutation on reversed bits, with Burley's constants.</summary>
    private static uint Scramble(uint value, uint seed)
    {
        var x = Reverse(value);
        x += seed;
        x ^= x * 0x6c50b47c;
        x ^= x * 0xb82f1e52;
        x ^= x * 0xc7afe638;
        x ^= x * 0x8d22f6e6;
        return Reverse(x);
    }

    private static uint Reverse(uint value)
    {
        value = ((value >> 1) & 0x55555555) | ((value & 0x55555555) << 1);
        value = ((value >> 2) & 0x33333333) | ((value & 0x33333333) << 2);
        value = ((value >> 4) & 0x0F0F0F0F) | ((value & 0x0F0F0F0F) << 4);
        value = ((value >> 8) & 0x00FF00FF) | ((value & 0x00FF00FF) << 8);
        return BitOperations.RotateLeft(value, 16);
    }
}
