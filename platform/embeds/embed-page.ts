// The page inside the frame: the application's own document, but only the one origin for which it was minted may frame it.
import path from 'node:path';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { isDashboard } from './contract.ts';

/** Its address; the token is in the fragment, which no server sees. */
export const embedPath = '/embed/:dashboard/:id';

/** `GET /embed/<dashboard>/<id>`. An id that is not known, used up long ago or of another dashboard gets the same page, which nobody may frame. */
export function embedPage(
  application: string,
  frameOrigin: (id: string, dashboard: string) => Promise<string | undefined>,
): RequestHandler {
  return (request, response, next) => {
    const { dashboard = '', id = '' } = request.params;
    const serve = async () => {
      const origin = isDashboard(dashboard) ? await frameOrigin(id, dashboard) : undefined;
      const frame = helmet({
        contentSecurityPolicy: {
          useDefaults: false,
          directives: {
            defaultSrc: ["'self'"],
            imgSrc: ["'self'", 'data:'],
            objectSrc: ["'none'"],
            baseUri: ["'none'"],
            formAction: ["'none'"],
            frameAncestors: [origin ?? "'none'"],
          },
        },
        // Older browsers know only this header, which cannot name an origin: for them nobody may frame at all, or the policy above decides.
        xFrameOptions: origin === undefined ? { action: 'deny' } : false,
        crossOriginResourcePolicy: { policy: origin === undefined ? 'same-origin' : 'cross-origin' },
        crossOriginOpenerPolicy: false,
        referrerPolicy: { policy: 'no-referrer' },
        strictTransportSecurity: false,
      });
      if (origin !== undefined) response.removeHeader('x-frame-options');
      response.removeHeader('cross-origin-opener-policy');
      response.set('cache-control', 'no-store');
      frame(request, response, (error?: unknown) => {
        if (error) return next(error);
        response.sendFile(
          path.join(application, 'index.html'),
          { dotfiles: 'allow', cacheControl: false },
          (problem) => problem && next(problem),
        );
      });
    };
    serve().catch(next);
  };
}
