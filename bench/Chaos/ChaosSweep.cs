namespace Sweep.Bench.Chaos;

/// <summary>Small sweeps that train for real: some forty epochs of a fraction of a second.</summary>
internal static class ChaosSweep
{
    public static string SearchOf(int seed) => seed % 2 == 0 ? "grid" : "random";

    public static string Yaml(int seed) => $$"""
        name: chaos
        seed: {{seed}}
        dataset: {name: digits, train_limit: 900, test_limit: 200}
        model: {family: resnet, blocks: [1, 1], widths: [8, 16]}
        training: {epochs: 4, batch_size: 32}
        augmentation: {crop_padding: 1, horizontal_flip: false, rotation_degrees: 10}
        {{(SearchOf(seed) == "grid" ? Grid : Random)}}
        retries: {max_attempts: 1000}
        """;

    private const string Grid = """
        parameters:
          learning_rate: {values: [0.01, 0.02, 0.05, 0.1, 0.2]}
          weight_decay: {values: [0.0, 0.001]}
        search: {algorithm: grid}
        """;

    private const string Random = """
        parameters:
          learning_rate: {distribution: log_uniform, min: 0.01, max: 0.2}
        search: {algorithm: random, trials: 8, final_replicates: {top: 2, seeds: 2}}
        """;
}
