using System.Globalization;

namespace Sweep.Bench.Chaos;

/// <summary>
/// A wall clock that jumps, for one process, by Debian's <c>libfaketime</c>. The clock that measures durations goes on as it should, as it does
/// where an administrator sets the time.
/// </summary>
internal sealed class LooseClock : IDisposable
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    private readonly string _file = Path.GetTempFileName();

    public LooseClock() => Jump(TimeSpan.Zero);

    public static bool IsPossible => File.Exists(Library);

    /// <summary>For the process whose clock it is.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library,
        ["FAKETIME_TIMESTAMP_FILE"] = _file,
        ["FAKETIME_CACHE_DURATION"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        ["DONT_FAKE_MONOTONIC"] = "1",
    };

    /// <summary>From now on it is off by so much.</summary>
    public void Jump(TimeSpan offset) => File.WriteAllText(_file, ((long)offset.TotalSeconds).ToString("+0;-0", CultureInfo.InvariantCulture));

    public void Dispose() => File.Delete(_file);
}
