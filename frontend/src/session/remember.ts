// Whether this tab had a session, so that a reload signs in again by itself and a sign-out does not. No secret is kept.
const key = 'tessera.had-session';

export const rememberSession = (): void => sessionStorage.setItem(key, 'yes');
export const forgetSession = (): void => sessionStorage.removeItem(key);
export const hadSession = (): boolean => sessionStorage.getItem(key) === 'yes';
