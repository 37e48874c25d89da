using System.Buffers.Binary;
using System.Text;
using Sweep.GpuWorker.Formats;
using TorchSharp;

namespace Sweep.GpuWorker.Tests.Formats;

[Collection(Torch.Collection)]
public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FilePath => _folder["file.safetensors"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(torch.ScalarType.Float64)]
    [InlineData(torch.ScalarType.Float32)]
    [InlineData(torch.ScalarType.Float16)]
    [InlineData(torch.ScalarType.BFloat16)]
    [InlineData(torch.ScalarType.Int64)]
    [InlineData(torch.ScalarType.Int32)]
    [InlineData(torch.ScalarType.Int16)]
    [InlineData(torch.ScalarType.Int8)]
    [InlineData(torch.ScalarType.Byte)]
    [InlineData(torch.ScalarType.Bool)]
    public void Every_number_type_reads_back_bit_for_bit(torch.ScalarType type)
    {
        using var scope = torch.NewDisposeScope();
        var tensor = (torch.randn(3, 5) * 3).to(type);
        Safetensors.Write(FilePath, Named(("a", tensor)), new Dictionary<string, string>());
        using var file = Safetensors.Read(FilePath);
        Assert.Equal(type, file.Tensors["a"].dtype);
        Assert.Equal([3L, 5L], file.Tensors["a"].shape);
        Assert.True(file.Tensors["a"].HasBitsOf(tensor));
    }

    [Fact]
    public void Scalars_empty_tensors_views_and_text_beyond_ascii_read_back()
    {
        using var scope = torch.NewDisposeScope();
        var matrix = torch.arange(6, torch.ScalarType.Float32).view(2, 3);
        Safetensors.Write(
            FilePath, Named(("scalar", torch.tensor(7L)), ("empty", torch.zeros(0, 4)), ("turned", matrix.t())),
            new Dictionary<string, string> { ["größe"] = "\"6\" – ☃" });
        using var file = Safetensors.Read(FilePath);
        Assert.Equal(7, file.Tensors["scalar"].item<long>());
        Assert.Equal([0L, 4L], file.Tensors["empty"].shape);
        Assert.Equal([0, 3, 1, 4, 2, 5], file.Tensors["turned"].data<float>().ToArray());
        Assert.Equal("\"6\" – ☃", Assert.Single(file.Metadata, entry => entry.Key == "größe").Value);
    }

    [Fact]
    public void The_header_ends_on_a_multiple_of_eight_and_wide_numbers_come_first()
    {
        using var scope = torch.NewDisposeScope();
        Safetensors.Write(FilePath, Named(("byte", torch.zeros(3, dtype: torch.ScalarType.Byte)), ("long", torch.zeros(2, dtype: torch.ScalarType.Int64))),
            new Dictionary<string, string>());
        var bytes = File.ReadAllBytes(FilePath);
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(
            """{"__metadata__":{},"long":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},"byte":{"dtype":"U8","shape":[3],"data_offsets":[16,19]}}""",
            Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
        Assert.Equal(8 + length + 19, bytes.Length);
        Assert.Equal(["file.safetensors"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "ends at 8, and the file has 7 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "has 9 bytes of data, expected 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "a begins at 4, expected 0")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}}""", 7, "b begins at 3, expected 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "a has 4 bytes, which is not what F32 of shape [2] needs")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "a has -8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[8,0]}}""", 8, "a has -8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "is not what F32 of shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 0, "expected [begin, end]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "expected [begin, end]")]
    [InlineData("""{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", 8, "unknown dtype F31; known: F64, F32")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,8]}}""", 8, "not what safetensors has")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "not what safetensors has")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "not what safetensors has")]
    [InlineData("[1]", 0, "not what safetensors has")]
    [InlineData("{", 0, "not what safetensors has")]
    public void A_header_that_does_not_fit_its_data_is_refused(string header, int dataBytes, string expected)
    {
        File.WriteAllBytes(FilePath, [.. Length((ulong)header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[dataBytes]]);
        Refused(expected);
    }

    [Fact]
    public void A_file_of_another_kind_is_refused_before_its_header_is_read()
    {
        File.WriteAllBytes(FilePath, [.. Length(100_000_001), .. new byte[64]]);
        Refused("the header would have 100000001 bytes, expected at most 100000000");
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        using var scope = torch.NewDisposeScope();
        Safetensors.Write(FilePath, Named(("a", torch.randn(4))), new Dictionary<string, string>());
        var whole = File.ReadAllBytes(FilePath);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(FilePath, whole[..length]);
            Refused("");
        }
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        Refused(FilePath);
    }

    private void Refused(string expected)
    {
        var message = Assert.Throws<BadFileException>(() => Safetensors.Read(FilePath)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(FilePath, message, StringComparison.Ordinal);
    }

    private static Dictionary<string, torch.Tensor> Named(params (string Name, torch.Tensor Tensor)[] tensors) =>
        tensors.ToDictionary(entry => entry.Name, entry => entry.Tensor);

    private static byte[] Length(ulong length)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        return bytes;
    }
}
