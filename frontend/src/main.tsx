// Starts the application: asks the platform for its configuration, then shows the page, or says why not.
import './design/tokens.css';
import './design/base.css';
import './design/shell.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { loadAppConfig } from './boot/app-config.ts';
import { FailurePage } from './pages/message-page.tsx';
import { applyStoredTheme } from './shell/theme.ts';

applyStoredTheme();
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
void start();
