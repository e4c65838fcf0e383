// What `cdk synth` and `cdk deploy` run.
import { createApp } from './app.ts';

createApp().synth();
