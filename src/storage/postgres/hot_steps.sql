-- The busiest steps of the job store as functions, each one call: submit with one job, claim, complete,
-- fail. They write the rows that storage/sql writes with single statements; the same tests run on
-- both, and `understudy verify` recomputes what they wrote. Guards come before the first change, so
-- that a refusal leaves nothing to undo and its neighbours in a batch go on. Rows are locked in the
-- order job, hold, wallet. Installed at every start: a function whose arguments or answer change gets
-- a new name, because servers of two versions may run at once.

-- 0: done; 1: not enough available; 2: no wallet; 3: the key has its answer already.
CREATE OR REPLACE FUNCTION hot_submit_1(
  a_job text, a_account text, a_key text, a_kind text, a_lane text, a_title text, a_folder text,
  a_batch text, a_batch_index bigint, a_item text, a_price_version bigint, a_created bigint,
  a_deadline bigint, a_request text, a_hold bigint, a_inputs text[], a_has_answer bigint,
  a_scope text, a_idempotency_key text, a_status bigint, a_body text,
  OUT code bigint, OUT available bigint) LANGUAGE plpgsql AS $$
BEGIN
  UPDATE wallet SET held = held + a_hold WHERE account_id = a_account AND posted - held >= a_hold;
  IF NOT FOUND THEN
    SELECT posted - held INTO available FROM wallet WHERE account_id = a_account;
    code := CASE WHEN FOUND THEN 1 ELSE 2 END;
    RETURN;
  END IF;
  IF a_has_answer = 1 THEN
    INSERT INTO idempotency (scope, key, state, status, body, created_at_ms)
      VALUES (a_scope, a_idempotency_key, 'done', a_status, a_body, a_created)
      ON CONFLICT (scope, key) DO UPDATE SET state = 'done', status = a_status, body = a_body
      WHERE idempotency.state = 'running';
    IF NOT FOUND THEN
      UPDATE wallet SET held = held - a_hold WHERE account_id = a_account;
      code := 3;
      RETURN;
    END IF;
  END IF;
  INSERT INTO job (id, account_id, key_id, kind, lane, state, title, folder_id, batch_id,
      batch_index, price_item, price_version, created_at_ms, deadline_at_ms)
    VALUES (a_job, a_account, a_key, a_kind, a_lane, 'queued', a_title, a_folder, a_batch,
      a_batch_index, a_item, a_price_version, a_created, a_deadline);
  INSERT INTO job_request (job_id, request) VALUES (a_job, a_request);
  INSERT INTO hold (job_id, account_id, amount, created_at_ms)
    VALUES (a_job, a_account, a_hold, a_created);
  IF a_inputs <> '{}' THEN
    INSERT INTO blob_ref (owner, hash) SELECT 'job:' || a_job, unnest(a_inputs)
      ON CONFLICT DO NOTHING;
  END IF;
  code := 0;
END $$;

-- The id of the job that is running now, or nothing.
CREATE OR REPLACE FUNCTION hot_claim_1(
  a_lanes text[], a_worker text, a_lease_until bigint, a_now bigint) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  one record;
  best_lane text;
  best_created bigint;
  best_id text;
BEGIN
  -- Which lane has the oldest; then the oldest of it that no other claim is taking.
  FOR one IN SELECT lanes.lane, oldest.id, oldest.created_at_ms FROM unnest(a_lanes) AS lanes (lane)
      CROSS JOIN LATERAL (SELECT id, created_at_ms FROM job
        WHERE state = 'queued' AND job.lane = lanes.lane
          AND (deadline_at_ms = 0 OR deadline_at_ms > a_now)
        ORDER BY job.lane, created_at_ms, id LIMIT 1) AS oldest LOOP
    IF best_id IS NULL OR (one.created_at_ms, one.id) < (best_created, best_id) THEN
      best_lane := one.lane;
      best_created := one.created_at_ms;
      best_id := one.id;
    END IF;
  END LOOP;
  SELECT id INTO best_id FROM job
    WHERE state = 'queued' AND lane = best_lane AND (deadline_at_ms = 0 OR deadline_at_ms > a_now)
    ORDER BY lane, created_at_ms, id LIMIT 1 FOR UPDATE SKIP LOCKED;
  UPDATE job SET state = 'running', fence = fence + 1, attempt = attempt + 1, worker_id = a_worker,
      lease_until_ms = a_lease_until, stage = '', eta_ms = -1,
      started_at_ms = CASE started_at_ms WHEN 0 THEN a_now ELSE started_at_ms END
    WHERE id = best_id;
  RETURN best_id;
END $$;

-- 0: done; 1: was done before; 2: no longer this worker's. `exact` is the price of what was
-- delivered, of which no more than the hold is taken.
CREATE OR REPLACE FUNCTION hot_complete_1(
  a_job text, a_fence bigint, a_quantity bigint, a_result text, a_outputs text[], a_exact bigint,
  a_payload text, a_now bigint, OUT code bigint, OUT captured bigint) LANGUAGE plpgsql AS $$
DECLARE
  j record;
  w record;
  reserved bigint;
  number bigint;
  link bytea;
BEGIN
  SELECT account_id, key_id, kind, state, fence, price_item, price_version INTO j FROM job
    WHERE id = a_job FOR UPDATE;
  IF FOUND AND j.state = 'completed' AND j.fence = a_fence THEN code := 1; RETURN; END IF;
  IF NOT FOUND OR j.state <> 'running' OR j.fence <> a_fence THEN code := 2; RETURN; END IF;
  UPDATE job SET state = 'completed', result = a_result, quantity = a_quantity,
      finished_at_ms = a_now, progress = 1, stage = '', eta_ms = 0 WHERE id = a_job;
  IF j.price_item <> '' THEN
    UPDATE hold SET state = 'captured', captured = least(a_exact, amount), closed_at_ms = a_now
      WHERE job_id = a_job AND state = 'open' RETURNING amount, hold.captured INTO reserved, captured;
    IF NOT FOUND THEN RAISE EXCEPTION 'job % has no open hold', a_job; END IF;
    SELECT posted, held, last_seq + 1 AS seq, last_hash INTO w FROM wallet
      WHERE account_id = j.account_id FOR UPDATE;
    INSERT INTO txn (kind, reference, note, actor, created_at_ms)
      VALUES ('capture', a_job, '', '', a_now) RETURNING id INTO number;
    -- money::entry_hash()
    link := sha256(w.last_hash || convert_to(
      '|' || octet_length(j.account_id) || ':' || j.account_id || '|' || w.seq || '|' || number ||
      '|7:capture|' || octet_length(a_job) || ':' || a_job || '|' || -captured || '|' ||
      w.posted - captured || '|' || a_now, 'UTF8'));
    INSERT INTO entry (account_id, seq, txn_id, amount, balance_after, prev_hash, hash) VALUES
      (j.account_id, w.seq, number, -captured, w.posted - captured, w.last_hash, link),
      ('revenue', number, number, captured, 0, '', '');
    UPDATE wallet SET posted = posted - captured, held = held - reserved, last_seq = w.seq,
      last_hash = link WHERE account_id = j.account_id;
    INSERT INTO usage (account_id, id, job_id, key_id, product, price_item, price_version, quantity,
        amount, created_at_ms)
      VALUES (j.account_id, number, a_job, j.key_id, j.kind, j.price_item, j.price_version,
        a_quantity, captured, a_now);
  END IF;
  IF a_outputs <> '{}' THEN
    INSERT INTO blob_ref (owner, hash) SELECT 'job:' || a_job, unnest(a_outputs)
      ON CONFLICT DO NOTHING;
  END IF;
  INSERT INTO outbox (topic, account_id, payload, created_at_ms, not_before_ms)
    VALUES ('job.completed', j.account_id, a_payload, a_now, a_now);
  code := 0;
END $$;

-- 0: failed and released; 1: queued again; 2: no longer this worker's.
CREATE OR REPLACE FUNCTION hot_fail_1(
  a_job text, a_fence bigint, a_failure text, a_message text, a_attempts_max bigint, a_payload text,
  a_now bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  j record;
  released bigint;
BEGIN
  SELECT account_id, state, fence, attempt INTO j FROM job WHERE id = a_job FOR UPDATE;
  IF NOT FOUND OR j.state <> 'running' OR j.fence <> a_fence THEN RETURN 2; END IF;
  IF j.attempt < a_attempts_max THEN
    UPDATE job SET state = 'queued', worker_id = '', lease_until_ms = 0, stage = '', eta_ms = -1
      WHERE id = a_job;
    RETURN 1;
  END IF;
  UPDATE job SET state = 'failed', failure_code = a_failure, failure_message = a_message,
      finished_at_ms = a_now, stage = '', eta_ms = -1, fence = fence + 1 WHERE id = a_job;
  UPDATE hold SET state = 'released', closed_at_ms = a_now WHERE job_id = a_job AND state = 'open'
    RETURNING amount INTO released;
  IF FOUND THEN
    UPDATE wallet SET held = held - released WHERE account_id = j.account_id;
  END IF;
  INSERT INTO outbox (topic, account_id, payload, created_at_ms, not_before_ms)
    VALUES ('job.failed', j.account_id, a_payload, a_now, a_now);
  RETURN 0;
END $$;
