namespace Sweep.GpuWorker.Data;

/// <summary>First parts of the streams, so that no two uses of a seed ever draw the same numbers.</summary>
internal static class RandomStream
{
    public const long Initialization = 1;
    public const long Shuffling = 2;
    public const long Augmentation = 3;
    public const long TrainLimit = 4;
    public const long TestLimit = 5;
    public const long Validation = 6;
}
