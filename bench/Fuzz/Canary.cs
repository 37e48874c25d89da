using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

[assembly: System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1050", Justification = "The runtime looks for it outside any namespace.")]

/// <summary>Loads this assembly into a program under test, so that its types could be found there by name, and watches its heap.</summary>
internal static class StartupHook
{
    public static void Initialize() => Sweep.Bench.Fuzz.HeapWatch.Start();
}

namespace Sweep.Bench.Fuzz
{
    /// <summary>Whoever builds one, or only runs its static constructor, leaves a file behind.</summary>
    public sealed class Canary : Exception
    {
        /// <summary>The environment variable that names the file.</summary>
        public const string Variable = "SWEEP_CANARY";

        public const string Name = "Sweep.Bench.Fuzz.Canary, fuzz";

        static Canary() => Sing();

        public Canary() => Sing();

        public Canary(string? message) : base(message) => Sing();

        private Canary(SerializationInfo info, StreamingContext context)
        {
            _ = (info, context);
            Sing();
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void Sing()
        {
            if (Environment.GetEnvironmentVariable(Variable) is { } file) File.AppendAllText(file, $"{Environment.StackTrace}\n\n");
        }
    }
}
