// Sends garbage to a coordinator and a worker while they run a sweep, and looks whether they stay alive, answer, keep their memory,
// and build nothing that a stranger names.
//
//   fuzz --seconds 600 --seed 1

using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Sweep.Bench.Fuzz;

var seconds = new Option<int>("--seconds") { Description = "How long", DefaultValueFactory = _ => 60 };
var seed = new Option<int>("--seed") { Description = "Of everything that is sent", DefaultValueFactory = _ => 1 };
var root = new RootCommand("Sends garbage to a coordinator and a worker that run a sweep.") { seconds, seed };
root.SetAction((parsed, _) => RunAsync(TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(seed)));
return await root.Parse(args).InvokeAsync();

static async Task<int> RunAsync(TimeSpan duration, int seed)
{
    const int LeastLooks = 20;
    const string Sweep = """
        name: fuzzed
        dataset: {name: digits, train_limit: 400, test_limit: 100}
        model: {family: resnet, blocks: [1, 1], widths: [8, 16]}
        training: {epochs: 100, batch_size: 32}
        augmentation: {crop_padding: 1, horizontal_flip: false}
        parameters: {learning_rate: {distribution: log_uniform, min: 0.01, max: 0.2}}
        search: {algorithm: random, trials: 500}
        retries: {max_attempts: 100}
        """;
    var folder = Directory.CreateTempSubdirectory("sweep-fuzz-").FullName;
    var canary = Path.Combine(folder, "canary");
    var sweepFile = Path.Combine(folder, "sweep.yaml");
    var run = Path.Combine(folder, "run");
    await File.WriteAllTextAsync(sweepFile, Sweep);
    var (first, second) = (FreePort(), FreePort());
    using var coordinator = new Target(
        "coordinator", "Coordinator", "coordinator", first, canary,
        "--sweep", sweepFile, "--workers", "0", "--listen", $"127.0.0.1:{first}", "--output", run);
    using var worker = new Target(
        "gpu-worker", "GpuWorker", "gpu-worker", second, canary,
        "--join", $"127.0.0.1:{first}", "--listen", $"127.0.0.1:{second}", "--threads", "1", "--id", "honest", "--log-file", Path.Combine(folder, "worker.log"));
    Target[] targets = [coordinator, worker];
    await UntilAsync(() => Reports(run) > 0, coordinator);

    var failures = new List<string>();
    var sent = new long[Attack.Kinds.Length];
    var bytes = 0L;
    var memory = targets.ToDictionary(target => target, _ => new List<long>());
    // While they start, programs grow.
    var calm = targets.ToDictionary(target => target, target => target.Heap.Length);
    var before = Reports(run);
    var answers = 0;
    var clock = Stopwatch.StartNew();
    using var over = new CancellationTokenSource();
    var senders = Enumerable.Range(0, 16).Select(number => Task.Run(() => SendAllAsync(new Random(seed * 16 + number)))).ToArray();
    while (clock.Elapsed < duration && failures.Count == 0)
    {
        await Task.Delay(TimeSpan.FromSeconds(1));
        foreach (var target in targets)
        {
            memory[target].Add(target.MemoryBytes);
            if (!target.IsAlive) failures.Add($"{target.Name} has ended");
            else if (await target.AnswersAsync()) answers++;
            else failures.Add($"{target.Name} does not answer");
        }
    }
    await over.CancelAsync();
    await Task.WhenAll(senders);

    var after = Reports(run);
    if (after == before) failures.Add("the sweep stood still");
    if (File.Exists(canary)) failures.Add($"a type outside the protocol was built:\n{await File.ReadAllTextAsync(canary)}");
    if (!failures.Contains("coordinator has ended") && await coordinator.EndAsync(signal: 15) is var exit && exit != 130) failures.Add($"the coordinator ended with {exit}, not 130");
    if (await worker.EndAsync(signal: 15) is var workerExit && workerExit != 0) failures.Add($"the worker ended with {workerExit}, not 0");
    foreach (var (target, looks) in memory)
    {
        Console.WriteLine($"{target.Name}: resident {looks[0] >> 20} MB at first, {looks.Max() >> 20} at most, {looks[^1] >> 20} at last");
        var heap = target.Heap[calm[target]..];
        if (heap.Length < LeastLooks) continue;
        // A fifth each, one after caches are full and the code is compiled: a single look may find messages under way.
        var (settled, last) = (heap[(heap.Length / 5)..(2 * heap.Length / 5 + 1)].Min(), heap[(4 * heap.Length / 5)..].Min());
        Console.WriteLine($"{target.Name}: keeps {Mega(heap[0])} MB at first, {Mega(settled)} settled, {Mega(last)} at last, in {heap.Length} looks");
        if (last > settled + settled / 4 + (4 << 20)) failures.Add($"{target.Name} kept {Mega(settled)} MB, and at last {Mega(last)}");
    }
    for (var kind = 0; kind < sent.Length; kind++) Console.WriteLine($"{Attack.Kinds[kind]}: {sent[kind]} connections");
    Console.WriteLine($"seed {seed}, {clock.Elapsed.TotalSeconds:F0} s, {sent.Sum()} connections, {bytes >> 20} MB sent, {answers} answers, {after - before} epochs reported meanwhile");
    foreach (var log in new[] { Path.Combine(run, "run.log"), Path.Combine(folder, "worker.log") })
    {
        var lines = File.Exists(log) ? ReadShared(log) : [];
        var traces = lines.Count(line => line.Contains("\"@x\"", StringComparison.Ordinal));
        var refusals = lines.Count(line => line.Contains("\"Refused a message of\"", StringComparison.Ordinal));
        Console.WriteLine($"{Path.GetFileName(log)}: {lines.Length} lines, {refusals} of refused messages, {traces} with a stack trace");
        if (refusals == 0) failures.Add($"no message was refused in {log}: none was read");
        if (traces > 0) failures.Add($"a stack trace in {log}: {lines.First(line => line.Contains("\"@x\"", StringComparison.Ordinal))}");
    }
    foreach (var failure in failures) Console.WriteLine($"FAILED: {failure}");
    if (failures.Count > 0) Console.WriteLine(string.Join('\n', targets.SelectMany(target => target.Lines.TakeLast(30))));
    else Directory.Delete(folder, recursive: true);
    return failures.Count == 0 ? 0 : 1;

    async Task SendAllAsync(Random random)
    {
        while (!over.IsCancellationRequested)
        {
            var target = targets[random.Next(targets.Length)];
            var kind = random.Next(Attack.Kinds.Length);
            Interlocked.Add(ref bytes, await SendAsync(target, new Attack(new Random(random.Next()), target.Port).Frames(kind), awaitsAnswer: kind >= 2));
            Interlocked.Increment(ref sent[kind]);
        }
    }
}

static async Task<long> SendAsync(Target target, IEnumerable<byte[]> frames, bool awaitsAnswer)
{
    using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
    var bytes = 0L;
    try
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", target.Port, limit.Token);
        foreach (var (index, frame) in frames.Index())
        {
            await client.GetStream().WriteAsync(frame, limit.Token);
            bytes += frame.Length;
            // As a real node does: what comes before the answer may be thrown away unread.
            if (index == 0 && awaitsAnswer) _ = await client.GetStream().ReadAsync(new byte[64], limit.Token);
        }
        if (awaitsAnswer) await Task.Delay(100, limit.Token);
    }
    catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
    {
        // It hung up, which is its right.
    }
    return bytes;
}

static async Task UntilAsync(Func<bool> condition, Target target)
{
    using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
    using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
    while (!condition())
    {
        if (!target.IsAlive) throw new InvalidOperationException(string.Join('\n', target.Lines));
        await poll.WaitForNextTickAsync(limit.Token);
    }
}

static string Mega(long bytes) => (bytes / (double)(1 << 20)).ToString("F1");

static int Reports(string run)
{
    var log = Path.Combine(run, "run.log");
    return File.Exists(log) ? ReadShared(log).Count(line => line.Contains("reported", StringComparison.Ordinal)) : 0;
}

static string[] ReadShared(string file)
{
    using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
    return reader.ReadToEnd().Split('\n');
}

static int FreePort()
{
    using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    return ((IPEndPoint)socket.LocalEndPoint!).Port;
}
