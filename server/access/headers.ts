import type {FastifyHelmetOptions} from '@fastify/helmet';

/**
 * Headers of every answer. The page is drawn by three.js and needs no inline code or style, no eval, no blob and
 * nothing from elsewhere. No HSTS and no upgrade: TLS is not ours here.
 */
export const SECURITY_HEADERS: FastifyHelmetOptions = {
  global: true,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'self'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'img-src': ["'self'", 'data:'],
      'font-src': ["'self'"],
      'connect-src': ["'self'"],
      'worker-src': ["'self'"],
      'manifest-src': ["'self'"],
      'object-src': ["'none'"],
      'base-uri': ["'none'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
    },
  },
  hsts: false,
  referrerPolicy: {policy: 'no-referrer'},
};
