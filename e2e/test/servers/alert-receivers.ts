import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'

/** What was delivered, newest last. */
export interface Delivery {
  readonly to: string
  readonly body: string
}

/** Stand-ins for those who hear of alerts: anything that takes a POST, and a mail server. */
export interface AlertReceivers extends AsyncDisposable {
  readonly httpUrl: string
  /** `host:port` */
  readonly smtpAddress: string
  readonly deliveries: readonly Delivery[]
}

/** Starts both on loopback. */
export async function startAlertReceivers(): Promise<AlertReceivers> {
  const deliveries: Delivery[] = []
  const http = createHttpServer((request, response) => {
    void text(request).then((body) => {
      deliveries.push({ to: request.url ?? '', body })
      response.end('ok')
    })
  })
  const smtp = createTcpServer((socket) => void receiveMail(socket, deliveries))
  const [httpPort, smtpPort] = [await listen(http), await listen(smtp)]
  return {
    httpUrl: `http://127.0.0.1:${httpPort}`,
    smtpAddress: `127.0.0.1:${smtpPort}`,
    deliveries,
    [Symbol.asyncDispose]: async () => {
      http.closeAllConnections()
      for (const server of [http, smtp]) server.close()
    },
  }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** As much of SMTP as it takes to be given a message (RFC 5321). */
async function receiveMail(socket: Socket, deliveries: Delivery[]): Promise<void> {
  socket.on('error', () => socket.destroy())
  const reply = (line: string): boolean => socket.write(`${line}\r\n`)
  let recipient = ''
  let message: string[] | undefined
  reply('220 mail.test')
  for await (const line of createInterface({ input: socket })) {
    if (message && line !== '.') message.push(line)
    else if (message) {
      // Soft line breaks of quoted-printable.
      deliveries.push({ to: recipient, body: message.join('\n').replaceAll('=\n', '') })
      message = undefined
      reply('250 taken')
    } else if (line.startsWith('EHLO')) {
      reply('250-mail.test')
      reply('250 AUTH PLAIN')
    } else if (line.startsWith('AUTH')) reply('235 welcome')
    else if (line.startsWith('DATA')) {
      message = []
      reply('354 go on')
    } else {
      recipient = /^RCPT TO:<(?<address>.*)>/.exec(line)?.groups?.['address'] ?? recipient
      reply(line.startsWith('QUIT') ? '221 bye' : '250 ok')
    }
  }
}
