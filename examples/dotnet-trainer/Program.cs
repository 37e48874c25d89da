using Sweep.Examples.DotnetTrainer;
using Sweep.GpuWorker;

// A worker like gpu-worker, with one trainer more.
return await WorkerProgram.RunAsync(args, new SoftmaxTrainer());
