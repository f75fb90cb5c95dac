import { createServer } from 'node:net'

/** What listens on a port of its own, under the name that messages use, and where it does by default. */
export const DEFAULT_PORTS = {
  otlpGrpc: 4317,
  otlpHttp: 4318,
  collectorHealth: 13133,
  collectorMetrics: 8888,
  prometheus: 9090,
  alertmanager: 9093,
  jaegerOtlp: 14318,
  jaegerQuery: 16686,
  jaegerQueryGrpc: 16685,
  jaegerHealth: 14133,
  jaegerMetrics: 18888,
} as const

/** Name of a port of the stack. */
export type PortName = keyof typeof DEFAULT_PORTS

/** A port of 127.0.0.1 for everything in the stack that listens. */
export type Ports = Readonly<Record<PortName, number>>

/** All names of ports. */
export const PORT_NAMES: readonly PortName[] = Object.keys(DEFAULT_PORTS) as PortName[]

/** Names of the ports on which somebody listens already. */
export async function findTakenPorts(ports: Ports): Promise<PortName[]> {
  const free = await Promise.all(PORT_NAMES.map((name) => isFree(ports[name])))
  return PORT_NAMES.filter((_, index) => !free[index])
}

/** Whether nobody listens on a port of 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** The address of a port on this machine. */
export function loopback(port: number): string {
  return `http://127.0.0.1:${port}`
}
