// Starts the application: asks the platform for its configuration, then shows the page, or says why not.
import './design/tokens.css';
import './design/base.css';
import './design/shell.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { loadAppConfig } from './boot/app-config.ts';
import { takeToken } from './embed/open-embed.ts';
import { FailurePage } from './pages/message-page.tsx';
import { applyGivenTheme, applyStoredTheme } from './shell/theme.ts';

const element = document.getElementById('root');
if (!element) throw new Error('The document has no place for the application.');
const root = createRoot(element);

async function start(): Promise<void> {
  try {
    const config = await loadAppConfig();
    root.render(
      <StrictMode>
        <App config={config} />
      </StrictMode>,
    );
  } catch (error) {
    root.render(<FailurePage title="Tessera cannot be reached" error={error} onRetry={start} />);
  }
}

/** Inside a frame of another page: no sign-in, no storage, a session of its own. */
async function startEmbed(): Promise<void> {
  const token = takeToken(window.location, window.history);
  applyGivenTheme(window.location.search);
  const { EmbedApp } = await import('./embed/embed-app.tsx');
  root.render(<EmbedApp token={token} />);
}

if (window.location.pathname.startsWith('/embed/')) void startEmbed();
else {
  applyStoredTheme();
  void start();
}
