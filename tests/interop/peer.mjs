// Independent verifiers behind one pipe: one JSON request a line on standard input, one JSON answer a line on standard output.
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as jcs from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {cryptosuite as rdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {securityLoader} from '@digitalbazaar/security-document-loader';
import * as bsl from '@digitalbazaar/vc-bitstring-status-list';
import rdfCanonize from 'rdf-canonize';
import Ajv2019 from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import jsQR from 'jsqr';
import {createInterface} from 'node:readline';

const loaderOfContexts = securityLoader().build();

/** Serves the documents of the request, then the contexts of the packages; never the network. */
function loader(documents) {
  return async url => {
    if(url in documents) {
      return {contextUrl: null, documentUrl: url, document: documents[url]};
    }
    if(url.startsWith('http') && !url.startsWith('https://www.w3.org/') && !url.startsWith('https://w3id.org/')) {
      throw new Error(`not given: ${url}`);
    }
    return loaderOfContexts(url);
  };
}

function signing(name, signer, date) {
  const cryptosuite = name === 'eddsa-jcs-2022' ? jcs.createSignCryptosuite() : rdfc;
  return new DataIntegrityProof({signer, cryptosuite, date});
}

function verifying(name) {
  return new DataIntegrityProof({cryptosuite: name === 'eddsa-jcs-2022' ? jcs.createVerifyCryptosuite() : rdfc});
}

function told(error) {
  if(!error) {
    return [];
  }
  return [error.message, ...(error.errors || []).flatMap(told), ...(error.cause ? told(error.cause) : [])];
}

const schemas = new Map();

const acts = {
  async key({seed, controller}) {
    const key = await Ed25519Multikey.generate({seed: new Uint8Array(Buffer.from(seed, 'hex')), controller});
    return key.export({publicKey: true, secretKey: true});
  },

  async issue({credential, key, suites, date, documents}) {
    const pair = await Ed25519Multikey.from(key);
    let signed = credential;
    for(const name of suites) {
      signed = await vc.issue({credential: signed, suite: signing(name, pair.signer(), date), documentLoader: loader(documents)});
    }
    return signed;
  },

  async list({address, issuer, revoked, length, key, suites, date, documents}) {
    const list = await bsl.createList({length});
    for(const index of revoked) {
      list.setStatus(index, true);
    }
    const credential = await bsl.createCredential({id: address, list, statusPurpose: 'revocation', context: ['https://www.w3.org/ns/credentials/v2']});
    return acts.issue({credential: {...credential, issuer, validFrom: date}, key, suites, date, documents});
  },

  async verify({credential, suites, now, documents}) {
    const documentLoader = loader(documents);
    const suite = suites.map(verifying);
    const result = await vc.verifyCredential({
      credential, suite, now, documentLoader,
      checkStatus: ({credential}) => bsl.checkStatus({credential, suite, documentLoader})
    });
    return {
      verified: result.verified,
      statuses: (result.statusResult?.results || []).map(({status}) => status),
      statusVerified: result.statusResult ? result.statusResult.verified : null,
      proofs: (result.results || []).map(({verified}) => verified),
      errors: [...told(result.error), ...told(result.statusResult?.error)]
    };
  },

  async verifyMany({credential, suites, now, documents, times}) {
    const documentLoader = loader(documents);
    const once = () => vc.verifyCredential({
      credential: structuredClone(credential), suite: suites.map(verifying), now, documentLoader, checkStatus: () => ({verified: true})
    });
    await once();
    const start = process.hrtime.bigint();
    for(let i = 0; i < times; i++) {
      if(!(await once()).verified) {
        throw new Error('not verified');
      }
    }
    return Number(process.hrtime.bigint() - start) / 1e9;
  },

  async canonize({quads}) {
    return rdfCanonize.canonize(quads, {algorithm: 'RDFC-1.0', inputFormat: 'application/n-quads', format: 'application/n-quads', maxWorkFactor: Infinity});
  },

  async schema({schema, documents}) {
    const text = JSON.stringify(schema);
    if(!schemas.has(text)) {
      const ajv = new Ajv2019({strict: false, allErrors: true});
      addFormats(ajv);
      schemas.set(text, ajv.compile(schema));
    }
    const check = schemas.get(text);
    return documents.map(document => check(document) ? [] : check.errors.map(({instancePath, message}) => `${instancePath} ${message}`));
  },

  async qr({width, height, rgba}) {
    const found = jsQR(new Uint8ClampedArray(Buffer.from(rgba, 'base64')), width, height);
    return found ? found.data : null;
  }
};

for await (const line of createInterface({input: process.stdin})) {
  const {act, ...given} = JSON.parse(line);
  let answer;
  try {
    answer = {value: await acts[act](given)};
  } catch(error) {
    answer = {error: told(error).join(' | ') || String(error)};
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
