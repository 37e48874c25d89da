using System.Diagnostics;
using System.Text.Json;

namespace Sweep.Bench.Search;

/// <summary>The other side: <c>optuna_side.py</c>, run by Debian's Python with <c>python3-optuna</c> and <c>python3-cmaes</c>.</summary>
internal static class Optuna
{
    private const string Python = "/usr/bin/python3";

    public static readonly string[] Samplers = ["random", "tpe", "tpe_multivariate", "cmaes", "qmc"];

    /// <summary>Null where it is not installed.</summary>
    public static string? Version { get; } = Ask("version")?.GetProperty("version").GetString();

    public static Regrets? Regrets(string sampler, string function, int seeds, IReadOnlyList<int> after) =>
        Ask(["regret", sampler, function, seeds, .. after]) is { } answer
            ? new Regrets([.. answer.GetProperty("after").EnumerateArray().Select(Numbers)], answer.GetProperty("ms").GetDouble())
            : null;

    public static Cost? Cost(string sampler, string function, int ended) =>
        Ask("speed", sampler, function, ended) is { } answer ? new Cost(answer.GetProperty("ms").GetDouble(), answer.GetProperty("worst").GetDouble()) : null;

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetDouble())];

    private static JsonElement? Ask(params object[] arguments)
    {
        if (!File.Exists(Python)) return null;
        var start = new ProcessStartInfo(Python, [Path.Combine(AppContext.BaseDirectory, "optuna_side.py"), .. arguments.Select(argument => argument.ToString()!)])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["PYTHONWARNINGS"] = "ignore";
        start.Environment["OMP_NUM_THREADS"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonDocument.Parse(output).RootElement : null;
    }
}
