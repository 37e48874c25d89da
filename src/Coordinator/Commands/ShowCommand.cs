using System.CommandLine;
using System.Text.Json;
using Sweep.Coordinator.Api;

namespace Sweep.Coordinator.Commands;

/// <summary><c>show TRIAL</c>: all about one trial.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var trial = new Argument<int>("TRIAL") { Description = "Its number" };
        return ApiCommand
            .Of(trial, "show", "All about one trial: attempts, epochs, settings. Example: coordinator show 7 --run runs/a", json: "Print JSON, with the epochs")
            .Asks(async (parsed, sweep) => Together(
                await sweep.GetAsync($"/trials/{parsed.GetValue(trial)}"), await sweep.GetAsync($"/trials/{parsed.GetValue(trial)}/epochs?points=20000")), Write);
    }

    private static JsonElement Together(JsonElement trial, JsonElement epochs) =>
        JsonSerializer.SerializeToElement(new Dictionary<string, JsonElement> { ["trial"] = trial, ["epochs"] = epochs.GetProperty("epochs") });

    private static void Write(Answer answer)
    {
        var epochs = answer.Json.GetProperty("epochs").EnumerateArray().Select(epoch => epoch.Deserialize(LenientApiJson.Context.EpochDocument)!);
        TrialText.Write(CommandConsole.Open(), answer.Json.GetProperty("trial").Deserialize(LenientApiJson.Context.TrialDocument)!, [.. epochs]);
    }
}
