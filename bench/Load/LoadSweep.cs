namespace Sweep.Bench.Load;

/// <summary>A sweep whose trials train nothing: so many of so many epochs, sampled at random.</summary>
internal static class LoadSweep
{
    public static string Yaml(int trials, int epochs) => $$"""
        name: load
        dataset: {name: digits}
        model: {family: resnet, blocks: [1], widths: [4]}
        training: {epochs: {{epochs}}}
        parameters:
          learning_rate: {distribution: log_uniform, min: 0.001, max: 1.0}
          weight_decay: {distribution: log_uniform, min: 0.000001, max: 0.01}
        search: {algorithm: random, trials: {{trials}}}
        retries: {max_attempts: 1000}
        """;
}
