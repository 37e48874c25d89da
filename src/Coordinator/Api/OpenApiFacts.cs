using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Sweep.Coordinator.Api;

/// <summary>What the OpenAPI document says of the API as a whole.</summary>
internal static class OpenApiFacts
{
    public static void Describe(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info = new OpenApiInfo
        {
            Title = "Sweep",
            Version = "v1",
            Description = "Looks at sweeps, changes them, and drives their trials. Within one version, fields and addresses are only added.",
        };
        document.Servers = [];
        return Task.CompletedTask;
    });
}
