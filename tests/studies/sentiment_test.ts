import { testSmokeRun } from "./smoke_run.ts";

testSmokeRun("sentiment", 97);
