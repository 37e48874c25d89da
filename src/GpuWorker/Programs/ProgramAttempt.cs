using System.Diagnostics;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.GpuWorker.Programs;

/// <summary>One attempt of a program: starts it, reads what it prints, and sees to it that nothing of it is left.</summary>
internal sealed class ProgramAttempt
{
    /// <summary>A line beyond it is cut, and no report any more.</summary>
    public const int LongestLine = 64 << 10;

    /// <summary>Output without any report among it, after which the program counts as out of its mind.</summary>
    public const long MostOutput = 64 << 20;

    private const int LastLinesKept = 20, LongestDetail = 300;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100), FileInterval = TimeSpan.FromMilliseconds(200), OutputLimit = TimeSpan.FromSeconds(5);

    private readonly Attempt _attempt;
    private readonly CustomConfiguration _configuration;
    private readonly CommandSettings _settings;
    private readonly IReadOnlyList<string> _self;
    private readonly string _folder;
    private readonly (OwnCheckpoint Checkpoint, string Path)? _resumed;
    private readonly ProgramProgress _progress;
    private readonly Queue<string> _lastWords = [];

    /// <param name="self">How to start this worker's program, which has the supervisor in it.</param>
    /// <param name="folder">For the program's files; absolute, and there.</param>
    public ProgramAttempt(Attempt attempt, IReadOnlyList<string> self, string folder)
    {
        (_attempt, _self, _folder) = (attempt, self, folder);
        _configuration = (CustomConfiguration)attempt.Command.Configuration;
        _settings = _configuration.Trainer.Command!;
        var checkpoints = new OwnCheckpoints(attempt.Command, folder, attempt.Log);
        _resumed = checkpoints.FindNewest();
        _progress = new ProgramProgress(attempt, checkpoints, _resumed?.Checkpoint.Reports ?? []);
    }

    private string ReportFile => Path.Combine(_folder, "reports.jsonl");

    private string ParameterFile => Path.Combine(_folder, "parameters.json");

    public AttemptEnd Run()
    {
        using var log = new TrialLog(_attempt.Folder, TimeProvider.System);
        File.WriteAllBytes(ParameterFile, ProgramParameters.Json(_configuration.Parameters));
        if (_settings.Report == ReportPlace.File) File.WriteAllBytes(ReportFile, []);
        using var supervisor = Start();
        using var over = new ManualResetEventSlim();
        var readers = Readers(supervisor, log, over);
        foreach (var reader in readers) reader.Start();
        Watch(supervisor);
        over.Set();
        foreach (var reader in readers) reader.Join(OutputLimit);
        return EndOf(supervisor.ExitCode);
    }

    private Process Start()
    {
        var command = _settings.Command.Concat(_settings.Parameters == ParameterPassing.Arguments ? ProgramParameters.Arguments(_configuration.Parameters) : []);
        string[] line = [.. Supervisor.CommandLine(_self, _settings.Grace, command)];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _settings.Folder ?? "",
        };
        foreach (var (name, value) in Variables()) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private IEnumerable<KeyValuePair<string, string>> Variables()
    {
        yield return new("SWEEP_TRIAL", _attempt.Id.Trial.ToString());
        yield return new("SWEEP_ATTEMPT", _attempt.Id.Number.ToString());
        yield return new("SWEEP_SEED", _attempt.Seed.ToString());
        yield return new("SWEEP_EPOCHS", _attempt.Epochs.ToString());
        yield return new("SWEEP_CHECKPOINTS", _folder);
        yield return new("SWEEP_PARAMETERS", ParameterFile);
        if (Directory.Exists(_attempt.Folder.Path)) yield return new("SWEEP_BEST_MODEL", Path.GetFullPath(_attempt.Folder.BestModel));
        if (_settings.Report == ReportPlace.File) yield return new("SWEEP_REPORT_FILE", ReportFile);
        if (_resumed is { } resumed)
        {
            yield return new("SWEEP_RESUME_FROM", resumed.Path);
            yield return new("SWEEP_RESUME_EPOCH", resumed.Checkpoint.Reports.Count.ToString());
        }
        // Into a pipe, Python keeps its lines back until there are many of them.
        yield return new("PYTHONUNBUFFERED", "1");
        if (_settings.Parameters != ParameterPassing.Environment) yield break;
        foreach (var variable in ProgramParameters.Variables(_configuration.Parameters)) yield return variable;
    }

    private List<Thread> Readers(Process supervisor, TrialLog log, ManualResetEventSlim over)
    {
        var isReportedOnStdout = _settings.Report == ReportPlace.Stdout;
        List<Thread> readers =
        [
            Reader("stdout", () => ReadPipe(supervisor.StandardOutput.BaseStream, log, isReportedOnStdout)),
            Reader("stderr", () => ReadPipe(supervisor.StandardError.BaseStream, log, mayReport: false)),
        ];
        if (!isReportedOnStdout) readers.Add(Reader("reports", () => ReadFile(log, over)));
        return readers;

        Thread Reader(string name, Action read) => new(() => read()) { IsBackground = true, Name = $"{name} of {_attempt.Id}" };
    }

    private void ReadPipe(Stream pipe, TrialLog log, bool mayReport)
    {
        var lines = new BoundedLines(pipe, LongestLine);
        var quietSince = 0L;
        foreach (var line in lines.Read())
        {
            if (Take(line, log, mayReport)) quietSince = lines.BytesRead;
            else if (lines.BytesRead - quietSince > MostOutput) _progress.Fail($"printed more than {MostOutput >> 20} MiB without a report");
        }
        if (lines.Rest() is { } rest) Take(rest, log, mayReport);
    }

    /// <param name="over">The program has exited: its file is read to the end, and then no more.</param>
    private void ReadFile(TrialLog log, ManualResetEventSlim over)
    {
        using var file = new FileStream(ReportFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var lines = new BoundedLines(file, LongestLine);
        bool isLast;
        do
        {
            isLast = over.Wait(FileInterval);
            foreach (var line in lines.Read()) Take(line, log, mayReport: true);
        }
        while (!isLast);
        if (lines.Rest() is { } rest) Take(rest, log, mayReport: true);
    }

    private bool Take(string line, TrialLog log, bool mayReport)
    {
        log.Write(line);
        if (mayReport && _progress.Read(line)) return true;
        if (string.IsNullOrWhiteSpace(line)) return false;
        lock (_lastWords)
        {
            _lastWords.Enqueue(line.Trim());
            if (_lastWords.Count > LastLinesKept) _lastWords.Dequeue();
        }
        return false;
    }

    /// <summary>Until the supervisor has ended, which it does soon after its standard input.</summary>
    private void Watch(Process supervisor)
    {
        var isTold = false;
        while (!supervisor.WaitForExit(Look))
        {
            if (_progress.Silence > _settings.ReportWithin) _progress.Fail($"reported nothing for {_settings.ReportWithin.TotalSeconds:N0} s");
            if (isTold || !(_attempt.Stopping.IsCancellationRequested || _progress.End is not null)) continue;
            isTold = true;
            supervisor.StandardInput.Close();
        }
    }

    private AttemptEnd EndOf(int exitCode)
    {
        if (_progress.End is { } end) return end;
        _attempt.Stopping.ThrowIfCancellationRequested();
        if (exitCode == 0 && _progress.Epochs == _attempt.Epochs)
        {
            _progress.Complete();
            return AttemptEnd.Completed;
        }
        var ended = exitCode > 128 && exitCode != 255 ? $"was ended by signal {exitCode - 128}" : $"ended with exit code {exitCode}";
        string[] words;
        lock (_lastWords) words = [.. _lastWords];
        var detail = $"{Path.GetFileName(_settings.Command[0])} {ended} after {_progress.Epochs} of {_attempt.Epochs} epochs";
        var last = words is [.., var line] ? $": {(line.Length > LongestDetail ? line[..LongestDetail] + "…" : line)}" : "";
        return new(words.Any(AttemptRunner.IsOutOfMemory) ? AttemptEnding.OutOfMemory : AttemptEnding.Failed, detail + last);
    }
}
