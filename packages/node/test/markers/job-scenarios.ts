import type { Plant } from './plant.ts'
import type { MarkerScenario } from './scenario.ts'

const batch = (plant: Plant, status: string): object => ({
  id: plant.always('id'),
  object: 'batch',
  status,
  model: plant.always('response_model'),
  input_file_id: plant.hidden('answer_file'),
  metadata: { note: plant.hidden('answer_metadata') },
  errors: { data: [{ message: plant.hidden('batch_error') }] },
})

export const batches: MarkerScenario = {
  parameters: ['batches.d.ts', 'BatchCreateParams'],
  body: (plant) => ({
    input_file_id: plant.hidden('input_file_id'),
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
    metadata: { note: plant.hidden('metadata') },
    output_expires_after: { anchor: 'created_at', seconds: 3600 },
  }),
  ask: (client, body, options) => client.batches.create(body, options),
  answered: (plant) => ({ json: batch(plant, 'validating') }),
}

export const fetchedBatch: MarkerScenario = {
  ask: (client, _body, options) => client.batches.retrieve('batch_1', options),
  answered: (plant) => ({ json: batch(plant, plant.always('status')) }),
}
