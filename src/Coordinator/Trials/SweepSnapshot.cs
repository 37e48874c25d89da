using System.Collections.Immutable;
using System.IO.Compression;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace Sweep.Coordinator.Trials;

/// <summary>
/// The events so far, in one piece: reading one large row is many times faster than asking the journal for each. A snapshot is not
/// another form of the state, which nothing but events makes.
/// </summary>
public sealed record SweepSnapshot(ImmutableArray<ISweepEvent> Events);

/// <summary>Gzip over one line an event: its manifest, a space, its payload.</summary>
public sealed class SweepSnapshotSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string Version = "sweep-snapshot-1";

    private readonly SweepEventSerializer _events = new(system);

    public override int Identifier => 4713;

    public override string Manifest(object o) => Version;

    public override byte[] ToBinary(object obj)
    {
        using var file = new MemoryStream();
        using (var zip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (var sweepEvent in ((SweepSnapshot)obj).Events)
            {
                zip.Write(Encoding.UTF8.GetBytes($"{_events.Manifest(sweepEvent)} "));
                zip.Write(_events.ToBinary(sweepEvent));
                zip.WriteByte((byte)'\n');
            }
        }
        return file.ToArray();
    }

    /// <exception cref="SerializationException">It is of another version or damaged; the events are replayed then.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (manifest != Version) throw new SerializationException($"unknown snapshot '{manifest}'");
        try
        {
            using var reader = new StreamReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress), Encoding.UTF8);
            var events = ImmutableArray.CreateBuilder<ISweepEvent>();
            while (reader.ReadLine() is { } line)
            {
                var space = line.IndexOf(' ');
                if (space < 0) throw new SerializationException("a line of the snapshot is no event");
                events.Add(SweepEventSerializer.Read(Encoding.UTF8.GetBytes(line[(space + 1)..]), line[..space]));
            }
            return new SweepSnapshot(events.ToImmutable());
        }
        catch (InvalidDataException exception)
        {
            throw new SerializationException($"the snapshot is damaged: {exception.Message}", exception);
        }
    }
}
