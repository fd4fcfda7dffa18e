import { testSmokeRun } from "./smoke_run.ts";

testSmokeRun("panx_swiss", 61);
