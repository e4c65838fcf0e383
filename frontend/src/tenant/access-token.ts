// The caller's token for the components that ask the platform itself.
import { createContext, useContext } from 'react';

export const AccessTokenContext = createContext('');

export const useAccessToken = (): string => useContext(AccessTokenContext);
