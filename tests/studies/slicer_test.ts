import { testSmokeRun } from "./smoke_run.ts";

testSmokeRun("slicer", 203);
