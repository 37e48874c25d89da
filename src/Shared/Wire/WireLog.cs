using System.Text.RegularExpressions;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Sweep.Shared.Wire;

/// <summary>
/// Between Akka and the log. What a peer does wrong is said in one line, who and why, and not again soon; Akka would print a stack
/// trace or two for every try. All else passes as it is.
/// </summary>
public sealed partial class WireLog(ILogger log, TimeProvider time) : ILogEventSink
{
    /// <summary>The internal type that Akka gives as the reason when it ends a node for TLS' sake.</summary>
    public const string HandshakeFailure = "TlsHandshakeFailureReason";

    private const int LongestReason = 300;

    private static readonly string[] Sources = ["TcpServerHandler", "TcpClientHandler", "TcpTransport", "endpointManager", "/system/transports", "akkaprotocolmanager", "remoting ("];

    private readonly OnceInAWhile _once = new(time);

    public void Emit(LogEvent logEvent)
    {
        var source = Text(logEvent, "LogSource");
        if (IsOwnHandshake(logEvent, source)) return;
        if (!Sources.Any(part => source.Contains(part, StringComparison.Ordinal)) || (logEvent.Level < LogEventLevel.Warning && source.StartsWith("remoting (", StringComparison.Ordinal)))
            log.Write(logEvent);
        else if (logEvent.Level >= LogEventLevel.Warning && Read(logEvent) is var (what, peer, reason)) Say(what, peer, reason);
    }

    /// <summary>A peer was refused before anything of it was read.</summary>
    public void Refused(string peer, string reason) => Say("No connection with", peer, reason);

    private void Say(string what, string peer, string reason)
    {
        peer = Clean(peer).Split('@')[^1].Replace("[::ffff:", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
        reason = Clean(reason);
        switch (_once.Ask($"{what} {Host(peer)}", Digits().Replace(reason, "#")))
        {
            case OnceInAWhile.Answer.Say:
                log.Warning("{What:l} {Peer:l}: {Reason:l}", what, peer, reason);
                break;
            case OnceInAWhile.Answer.SayLast:
                log.Warning("{What:l} {Peer:l}: {Reason:l}; what else this peer does wrong in the next {Minutes} minutes is not logged", what, peer, reason, OnceInAWhile.While.TotalMinutes);
                break;
        }
    }

    /// <summary>Null where another line says it already.</summary>
    private static (string What, string Peer, string Reason)? Read(LogEvent logEvent)
    {
        var template = logEvent.MessageTemplate.Text;
        var cause = Innermost(logEvent.Exception);
        if (template.StartsWith("Rejected incoming connection", StringComparison.Ordinal)) return null;
        if (template.StartsWith("AssociationError", StringComparison.Ordinal)) return null;
        // The callback has told why.
        if (cause.Contains("ValidationCallback", StringComparison.Ordinal) || Text(logEvent, "3").Contains("ValidationCallback", StringComparison.Ordinal)) return null;
        if (template.Contains("did not provide a certificate", StringComparison.Ordinal)) return ("No connection with", Text(logEvent, "0"), "it shows no certificate");
        if (template.StartsWith("Tried to associate", StringComparison.Ordinal)) return ("No connection with", Text(logEvent, "0"), Cause(Text(logEvent, "3")));
        if (template.StartsWith("Association with remote system", StringComparison.Ordinal)) return ("Lost", Text(logEvent, "0"), FirstLine(Text(logEvent, "2")));
        if (template.Contains("channel [{0}->{1}]", StringComparison.Ordinal))
            return ("No connection with", Text(logEvent, "1"), cause.StartsWith("not an SSL/TLS record", StringComparison.Ordinal) ? "it does not speak TLS" : cause);
        var reason = cause.Length > 0 ? cause : logEvent.RenderMessage();
        var what = template.StartsWith("Deserialization failed", StringComparison.Ordinal) ? "Refused a message of" : "Trouble with";
        return (what, PeerOf(Text(logEvent, "ActorPath")), reason);
    }

    /// <summary>Akka begins a coordinated shutdown for it, which <see cref="ClusterNode"/> holds.</summary>
    private static bool IsOwnHandshake(LogEvent logEvent, string source) =>
        source.StartsWith("CoordinatedShutdown", StringComparison.Ordinal) && Text(logEvent, "Reason").Contains(HandshakeFailure, StringComparison.Ordinal);

    /// <summary>From Akka's chain of <c>Caused by: [Type: text</c>, of which the last is the cause; its lines after the first are stack.</summary>
    private static string Cause(string chain)
    {
        var text = FirstLine(chain[(chain.LastIndexOf("Caused by: [", StringComparison.Ordinal) + 1)..]);
        return text.Contains("explicitly disassociated", StringComparison.Ordinal) ? "it hung up; does one side speak TLS and the other not?" : text;
    }

    /// <summary>Of an exception that was printed: without the name of its type, and without its stack.</summary>
    private static string FirstLine(string exception) => ExceptionPrefix().Replace(exception.Split('\n')[0], "");

    private static string Innermost(Exception? exception)
    {
        while (exception?.InnerException is { } inner) exception = inner;
        return exception?.Message ?? "";
    }

    private static string Text(LogEvent logEvent, string property) => logEvent.Properties.TryGetValue(property, out var value)
        ? value is ScalarValue { Value: var scalar } ? scalar?.ToString() ?? "" : value.ToString()
        : "";

    private static string PeerOf(string actorPath) => Peer().Match(actorPath) is { Success: true } match ? Uri.UnescapeDataString(match.Groups[1].Value) : "a peer";

    private static string Host(string peer) => HostAndPort.Parse(peer)?.Host ?? peer;

    /// <summary>Peers choose parts of it: no line breaks, and not long.</summary>
    private static string Clean(string text)
    {
        var line = string.Concat(text.Take(LongestReason).Select(letter => char.IsControl(letter) ? ' ' : letter));
        return text.Length > LongestReason ? line + "…" : line;
    }

    [GeneratedRegex("(akka[^/]*?)-[0-9]+(/|$)")]
    private static partial Regex Peer();

    [GeneratedRegex(@"^(.?aused by: \[)?[\w.]+: ")]
    private static partial Regex ExceptionPrefix();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}

/// <summary>Remembers what was said of whom, so that a stranger cannot fill a disk with log lines.</summary>
internal sealed class OnceInAWhile(TimeProvider time)
{
    public static readonly TimeSpan While = TimeSpan.FromMinutes(10);

    private const int MostReasons = 10;
    private const int MostPeers = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Since, HashSet<string> Reasons)> _said = [];

    public enum Answer { Silent, Say, SayLast }

    public Answer Ask(string peer, string reason)
    {
        lock (_lock)
        {
            if (_said.TryGetValue(peer, out var said) && time.GetElapsedTime(said.Since) > While) _said.Remove(peer);
            if (_said.Count >= MostPeers) _said.Clear();
            if (!_said.TryGetValue(peer, out said)) _said[peer] = said = (time.GetTimestamp(), []);
            if (said.Reasons.Count >= MostReasons || !said.Reasons.Add(reason)) return Answer.Silent;
            return said.Reasons.Count == MostReasons ? Answer.SayLast : Answer.Say;
        }
    }
}
