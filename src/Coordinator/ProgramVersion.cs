using System.Reflection;

namespace Sweep.Coordinator;

/// <summary>Which coordinator this is.</summary>
public static class ProgramVersion
{
    /// <summary>Of the build: the released version, and the commit where it is known.</summary>
    public static string Build { get; } = typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>The released version, such as 0.1.0. Stored with what it decided, since another may decide otherwise.</summary>
    public static string Released { get; } = Build.Split('+')[0];
}
