import { testSmokeRun } from "./smoke_run.ts";

testSmokeRun("transfer_guide", 159);
