using System.Security.Cryptography;
using System.Text;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>A sweep file as given: read once, so that what runs, what is stored and what lies in the run folder are the same.</summary>
/// <param name="Hash">SHA-256 of the bytes, in hexadecimal.</param>
public sealed record SweepFileText(string Text, string Hash)
{
    public static SweepFileText Of(string text) => new(text, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
}
