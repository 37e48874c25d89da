namespace Sweep.Coordinator.SweepFiles;

/// <summary>The section <c>sharing</c>.</summary>
internal static class SharingReader
{
    public static SharingSettings Read(Section file)
    {
        var section = file.Child("sharing", "weight", "priority");
        var defaults = new SharingSettings();
        return new SharingSettings(
            section.Integer("weight", min: 1, max: SharingSettings.MostWeight) ?? defaults.Weight,
            section.Integer("priority", min: -SharingSettings.MostPriority, max: SharingSettings.MostPriority) ?? defaults.Priority);
    }
}
