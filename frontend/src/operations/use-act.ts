// One act on the platform at a time from a component, and what came of it in a sentence, also where it was refused.
import { useState } from 'react';
import { useAccessToken } from '../tenant/access-token.ts';
import { askPlatform, PlatformProblem } from './ask-platform.ts';

export interface Said {
  readonly words: string;
  readonly isDone: boolean;
  /** The act wants a fresh sign-in with a second factor. */
  readonly isStepUp?: boolean;
}
export interface Acting {
  readonly isBusy: boolean;
  readonly said: Said | undefined;
  /** Resolves to what came of it, which is `said` as well; an answer without words is done in silence. */
  readonly act: (
    path: string,
    body: object | undefined,
    sayAnswer: (answer: unknown) => Said | undefined,
  ) => Promise<Said>;
}

export function useAct(): Acting {
  const accessToken = useAccessToken();
  const [isBusy, setBusy] = useState(false);
  const [said, setSaid] = useState<Said>();
  const act: Acting['act'] = async (path, body, sayAnswer) => {
    setBusy(true);
    setSaid(undefined);
    try {
      const outcome = sayAnswer(await askPlatform(accessToken, { path, body }));
      setSaid(outcome);
      return outcome ?? { words: '', isDone: true };
    } catch (error) {
      const isStepUp = error instanceof PlatformProblem && error.code === 'STEP_UP_NEEDED';
      const problem = { words: error instanceof Error ? error.message : 'It did not work.', isDone: false, isStepUp };
      setSaid(problem);
      return problem;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, said, act };
}
