namespace Sweep.Coordinator.Displays;

/// <summary>A share as a bar of characters.</summary>
internal static class Bar
{
    /// <param name="share">Brought into [0, 1].</param>
    public static string Of(double share, int width, bool isUnicode)
    {
        var (done, open) = (Done(share, width), isUnicode ? '─' : '-');
        return new string(isUnicode ? '━' : '#', done) + new string(open, width - done);
    }

    public static int Done(double share, int width) => (int)Math.Round(Math.Clamp(double.IsFinite(share) ? share : 0, 0, 1) * width);
}
