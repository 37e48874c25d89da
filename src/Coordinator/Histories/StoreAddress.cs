using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using Sweep.Shared;

namespace Sweep.Coordinator.Histories;

/// <summary>
/// Where a PostgreSQL server keeps histories: <c>postgres://USER@HOST:PORT/DATABASE</c>, with <c>?host=/FOLDER</c> for a Unix socket
/// and <c>?sslmode=verify-full</c> and so on.
/// </summary>
public sealed class StoreAddress
{
    /// <summary>Names a file that holds the password and nothing else; PGPASSWORD and PGPASSFILE are read by Npgsql.</summary>
    public const string PasswordFileVariable = "SWEEP_STORE_PASSWORD_FILE";

    private readonly NpgsqlConnectionStringBuilder _settings;

    private StoreAddress(string withoutPassword, NpgsqlConnectionStringBuilder settings) =>
        (WithoutPassword, _settings) = (withoutPassword, settings);

    /// <summary>For people, and for the run folder.</summary>
    public string WithoutPassword { get; }

    /// <summary>With the password, where it is known here.</summary>
    public string ConnectionString => _settings.ToString();

    /// <param name="text">As given.</param>
    /// <param name="mayHoldPassword">False for what other people can see, such as a command line.</param>
    /// <exception cref="FormatException">It is not such an address, or holds what it must not; the message does not repeat it.</exception>
    public static StoreAddress Parse(string text, bool mayHoldPassword)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgres" or "postgresql") || uri.AbsolutePath.Length < 2)
            throw new FormatException("give postgres://USER@HOST/DATABASE");
        var user = uri.UserInfo.Split(':', 2);
        if (user.Length > 1 && !mayHoldPassword)
            throw new FormatException(
                "a password on a command line is seen by everybody on the machine; "
                + $"put it into {PasswordFileVariable}, PGPASSFILE, PGPASSWORD or SWEEP_STORE");
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host.Length > 0 ? uri.Host : "localhost",
            Port = uri.Port > 0 ? uri.Port : 5432,
            Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]),
            ApplicationName = "sweep",
            Timeout = 10,
            CommandTimeout = 20,
        };
        if (user[0].Length > 0) settings.Username = Uri.UnescapeDataString(user[0]);
        foreach (var part in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)) Add(part, settings);
        if (user.Length > 1) settings.Password = Uri.UnescapeDataString(user[1]);
        var known = user[0].Length > 0 ? $"{user[0]}@" : "";
        return new StoreAddress($"postgres://{known}{uri.Authority[(uri.Authority.IndexOf('@') + 1)..]}{uri.PathAndQuery}", settings);
    }

    /// <summary>The same address with the password of the file that the environment names, if it names one.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public StoreAddress WithPasswordFile()
    {
        if (Environment.GetEnvironmentVariable(PasswordFileVariable) is { Length: > 0 } file) _settings.Password ??= ReadPassword(file);
        return this;
    }

    private static string ReadPassword(string file)
    {
        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{PasswordFileVariable}: {exception.Message}", exception);
        }
    }

    private static void Add(string part, NpgsqlConnectionStringBuilder settings)
    {
        var pair = part.Split('=', 2);
        var value = pair.Length == 2 ? Uri.UnescapeDataString(pair[1]) : "";
        switch (pair[0])
        {
            case "host":
                settings.Host = value;
                break;
            case "sslmode" when Enum.TryParse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode):
                settings.SslMode = mode;
                break;
            default: throw new FormatException($"`{pair[0]}` is not known in it, or its value is not; give host or sslmode");
        }
    }
}

/// <summary><c>store.json</c> in the run folder: where the history is, where it is not beside it. Holds no password.</summary>
public sealed record StoreNote(SweepId Sweep, string Store)
{
    [JsonIgnore]
    public StoreAddress Address => StoreAddress.Parse(Store, mayHoldPassword: false).WithPasswordFile();

    public static void Write(string file, StoreNote note) =>
        AtomicFile.Write(file, stream => JsonSerializer.Serialize(stream, note, StoreNoteJson.Default.StoreNote));

    /// <summary>Null where there is none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static StoreNote? Read(string file)
    {
        if (!File.Exists(file)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), StoreNoteJson.Default.StoreNote);
        }
        catch (JsonException exception)
        {
            throw new IOException($"{file} cannot be read: {exception.Message}", exception);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StoreNote))]
internal sealed partial class StoreNoteJson : JsonSerializerContext;
