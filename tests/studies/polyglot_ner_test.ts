import { testSmokeRun } from "./smoke_run.ts";

testSmokeRun("polyglot_ner", 129);
