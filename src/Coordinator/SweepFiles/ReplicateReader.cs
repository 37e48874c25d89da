namespace Sweep.Coordinator.SweepFiles;

/// <summary>The keys <c>replicates</c> and <c>search.final_replicates</c>.</summary>
internal static class ReplicateReader
{
    public static ReplicateSettings Read(Section file, ErrorList errors)
    {
        var before = errors.Count;
        var ofEach = file.Integer("replicates", min: 1, max: ReplicateSettings.Most);
        var section = SearchReader.Open(file).Child("final_replicates", "top", "seeds");
        if (section.IsAbsent) return new ReplicateSettings(ofEach ?? 1);
        section.Require("top", "missing `final_replicates.top`; give how many of the best configurations to repeat");
        section.Require("seeds", "missing `final_replicates.seeds`; give how many results each of them has in the end");
        var (top, seeds) = (section.Integer("top", min: 1), section.Integer("seeds", min: 2, max: ReplicateSettings.Most));
        if (errors.Count > before || top is null || seeds is null) return new ReplicateSettings();
        if (seeds <= ofEach)
            errors.Add(section.Node("seeds")!.Mark, $"seeds: replicates gives every configuration {ofEach} already; raise seeds above it, or remove final_replicates");
        return new ReplicateSettings(ofEach ?? 1, new FinalReplicateSettings(top.Value, seeds.Value));
    }
}
