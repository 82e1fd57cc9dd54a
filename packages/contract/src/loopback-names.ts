/** The names by which a server that only this machine reaches may be called, without a port. */
export const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'] as const;
