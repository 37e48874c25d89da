using Sweep.Shared;

namespace Sweep.Coordinator.Trials;

/// <summary>A trial's epochs in bytes: how many there are, then the fields of one after the other, little-endian; before what may be missing, whether it is there.</summary>
internal static class EpochLogBytes
{
    /// <exception cref="EndOfStreamException">The bytes are cut short.</exception>
    public static EpochReport[] Read(byte[] bytes)
    {
        using var fields = new BinaryReader(new MemoryStream(bytes));
        var epochs = new EpochReport[fields.ReadInt32()];
        for (var index = 0; index < epochs.Length; index++) epochs[index] = ReadReport(fields);
        return epochs;
    }

    public static byte[] Write(IReadOnlyCollection<EpochReport> epochs)
    {
        using var stream = new MemoryStream();
        using var fields = new BinaryWriter(stream);
        fields.Write(epochs.Count);
        foreach (var report in epochs) Write(fields, report);
        return stream.ToArray();
    }

    private static EpochReport ReadReport(BinaryReader fields) => new(
        fields.ReadInt32(), ReadDouble(fields), ReadDouble(fields), ReadEvaluation(fields), ReadEvaluation(fields),
        ReadDouble(fields), fields.ReadDouble(), ReadDouble(fields),
        fields.ReadBoolean() ? fields.ReadInt32() : null, fields.ReadBoolean() ? fields.ReadInt64() : null, ReadMetrics(fields));

    private static double? ReadDouble(BinaryReader fields) => fields.ReadBoolean() ? fields.ReadDouble() : null;

    private static Evaluation? ReadEvaluation(BinaryReader fields) => fields.ReadBoolean() ? new(ReadDouble(fields), ReadDouble(fields)) : null;

    private static ValueArray<Metric>? ReadMetrics(BinaryReader fields) => fields.ReadBoolean()
        ? Enumerable.Range(0, fields.ReadInt32()).Select(_ => new Metric(fields.ReadString(), fields.ReadDouble())).ToArray().ToValueArray()
        : null;

    private static void Write(BinaryWriter fields, EpochReport report)
    {
        fields.Write(report.Epoch);
        Write(fields, report.TrainLoss);
        Write(fields, report.TrainAccuracy);
        Write(fields, report.Validation);
        Write(fields, report.Test);
        Write(fields, report.LearningRate);
        fields.Write(report.Seconds);
        Write(fields, report.ImagesPerSecond);
        fields.Write(report.MicroBatches is not null);
        if (report.MicroBatches is { } microBatches) fields.Write(microBatches);
        fields.Write(report.PeakMemoryBytes is not null);
        if (report.PeakMemoryBytes is { } bytes) fields.Write(bytes);
        Write(fields, report.Metrics);
    }

    private static void Write(BinaryWriter fields, double? value)
    {
        fields.Write(value is not null);
        if (value is { } number) fields.Write(number);
    }

    private static void Write(BinaryWriter fields, Evaluation? evaluation)
    {
        fields.Write(evaluation is not null);
        if (evaluation is null) return;
        Write(fields, evaluation.Loss);
        Write(fields, evaluation.Accuracy);
    }

    private static void Write(BinaryWriter fields, ValueArray<Metric>? metrics)
    {
        fields.Write(metrics is not null);
        if (metrics is not { } all) return;
        fields.Write(all.Count);
        foreach (var (name, value) in all)
        {
            fields.Write(name);
            fields.Write(value);
        }
    }
}
