return await Sweep.GpuWorker.WorkerProgram.RunAsync(args);
