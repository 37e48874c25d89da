using System.CommandLine;
using System.CommandLine.Parsing;
using Sweep.Shared;

namespace Sweep.Coordinator.Commands;

/// <summary>What the command line asks for, as far as the options bear on each other.</summary>
internal sealed record Asked(int Sweeps, int Runs, bool Extends, bool StandsBy, bool Serves, bool Stays, bool IsDry, bool HasOutput)
{
    public bool Resumes => Runs > 0;
}

/// <summary>Which options go together, and what they may say.</summary>
internal static class RunRules
{
    /// <summary>A command of its own is not checked: its options are its own.</summary>
    public static void Check(CommandResult result, Asked asked)
    {
        if (result.Children.OfType<CommandResult>().Any()) return;
        foreach (var error in Errors(asked, hasHttp: result.Children.OfType<OptionResult>().Any(option => option.Option.Name == "--http"))) result.AddError(error);
    }

    public static void AddTo(Option<string?> listen, Option<string> lease, Option<int?> workers)
    {
        listen.Validators.Add(result =>
        {
            if (HostAndPort.Parse(result.GetValueOrDefault<string?>() ?? "") is null) result.AddError("--listen: give HOST:PORT, for example --listen 127.0.0.1:4053");
        });
        lease.Validators.Add(result =>
        {
            if (!(Durations.Parse(result.GetValueOrDefault<string>()) is { TotalSeconds: >= 2 and <= 3_600 })) result.AddError("--lease: give 2s to 1h, for example --lease 30s");
        });
        workers.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 0) result.AddError("--workers: give 0 or more");
        });
    }

    private static IEnumerable<string> Errors(Asked asked, bool hasHttp)
    {
        var (resumes, hasSweep) = (asked.Resumes, asked.Sweeps > 0);
        if (asked.Runs > 1 && hasSweep || resumes && asked.Sweeps > 1)
            yield return "--sweep: with --resume, one run goes on with one sweep file; runs that go on together do so with their own";
        if (!resumes && !hasSweep) yield return "give a sweep file by --sweep FILE, or a run to go on with by --resume RUN";
        if (!resumes && asked.Extends) yield return "--extend: only with --resume RUN";
        if (!resumes && !asked.Serves && asked.StandsBy) yield return "--standby: only with --resume RUN or --service";
        if (asked.Serves && (resumes || !hasSweep || !asked.HasOutput || asked.IsDry))
            yield return "--service: give --sweep FILE and --output DIR with it, and neither --resume nor --dry-run";
        if (asked.Stays && !(asked.Serves && hasHttp)) yield return "--stay: only with --service and --http HOST:PORT";
        if (asked.StandsBy && !asked.Serves && (hasSweep || asked.Extends))
            yield return "--standby: goes on with the sweep file that the run has; leave out --sweep and --extend";
        if (resumes && asked.HasOutput) yield return "--output: a run that is resumed stays in its folder";
        if (resumes && asked.IsDry) yield return "--dry-run: only with --sweep FILE, and without --resume";
    }
}
