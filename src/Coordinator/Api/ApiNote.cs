using System.Text.Json;
using System.Text.Json.Serialization;
using Sweep.Shared;

namespace Sweep.Coordinator.Api;

/// <summary><c>api.json</c> in the run folder: where the coordinator at work can be asked. One that was left behind by a coordinator that was killed names nobody.</summary>
/// <param name="Instance">Whom to expect there.</param>
/// <param name="TokenFile">Holds what to show to change something; null where nothing is asked for.</param>
public sealed record ApiNote(int Schema, string Address, Guid Instance, string Sweep, int Process, string? TokenFile)
{
    private const int CurrentSchema = 1;
    private const string TokenName = "api.token";

    /// <summary>Writes the note; disposing takes it away, where it is still this one.</summary>
    public static IDisposable Write(RunFolder folder, SweepId sweep, ApiServer server)
    {
        var tokenFile = server.Token is null ? null : Path.Combine(Path.GetFullPath(folder.Path), TokenName);
        if (tokenFile is not null) WriteToken(tokenFile, server.Token!);
        var note = new ApiNote(CurrentSchema, server.Address, server.Instance, sweep.Value, Environment.ProcessId, tokenFile);
        AtomicFile.Write(folder.Api, stream => JsonSerializer.Serialize(stream, note, ApiNoteJson.Default.ApiNote));
        return new Written(folder, note);
    }

    /// <summary>Null where there is none, or none that can be read.</summary>
    public static ApiNote? Read(RunFolder folder)
    {
        try
        {
            return File.Exists(folder.Api) ? JsonSerializer.Deserialize(File.ReadAllBytes(folder.Api), ApiNoteJson.Default.ApiNote) : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            return null;
        }
    }

    /// <summary>For its owner's eyes alone from the first byte on.</summary>
    private static void WriteToken(string path, string token)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.Write(token);
    }

    private sealed class Written(RunFolder folder, ApiNote note) : IDisposable
    {
        public void Dispose()
        {
            if (Read(folder)?.Instance != note.Instance) return;
            File.Delete(folder.Api);
            if (note.TokenFile is not null) File.Delete(note.TokenFile);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(ApiNote))]
internal sealed partial class ApiNoteJson : JsonSerializerContext;
