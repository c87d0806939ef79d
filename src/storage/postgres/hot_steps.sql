-- The busiest steps of the job store as functions, each one call: submit with one job, claim, complete,
-- fail. They write the rows that storage/sql writes with single statements; the same tests run on
-- both, and `understudy verify` recomputes what they wrote. They do the plain case, of dollars and
-- without anything to refuse; for the rest they change nothing and answer "the long way": the store's
-- own steps. Guards come before the first change, so that there is nothing to undo and the neighbours
-- in a batch go on. Rows are locked in the order job, wallet. Installed at every start: a function
-- whose arguments or answer change gets a new name, because servers of two versions may run at once.

-- Takes `a_amount` of a wallet's free lots for a job's hold. The wallet is locked and has it.
CREATE OR REPLACE FUNCTION hot_hold_lots_1(a_job text, a_wallet text, a_amount bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  lot record;
  part bigint;
  missing bigint := a_amount;
  number bigint := 0;
BEGIN
  IF missing = 0 THEN RETURN; END IF;
  FOR lot IN SELECT id, remaining - held AS free FROM grant_lot
      WHERE wallet_id = a_wallet AND remaining > 0 AND remaining > held
      ORDER BY priority, expires_at_ms, id LOOP
    part := least(lot.free, missing);
    number := number + 1;
    UPDATE grant_lot SET held = held + part WHERE id = lot.id;
    INSERT INTO hold_lot (job_id, ordinal, lot_id, amount) VALUES (a_job, number, lot.id, part);
    missing := missing - part;
    EXIT WHEN missing = 0;
  END LOOP;
  IF missing <> 0 THEN RAISE EXCEPTION 'the lots of wallet % do not cover it', a_wallet; END IF;
END $$;

-- True: done. False: the long way.
CREATE OR REPLACE FUNCTION hot_submit_1(
  a_job text, a_account text, a_key text, a_project text, a_kind text, a_lane text, a_title text,
  a_folder text, a_batch text, a_batch_index bigint, a_item text, a_price_version bigint,
  a_cost_max bigint, a_created bigint, a_deadline bigint, a_request text, a_hold bigint,
  a_inputs text[], a_has_answer bigint, a_scope text, a_idempotency_key text, a_status bigint,
  a_body text, a_key_jobs_max bigint, a_account_jobs_max bigint, a_source text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  w record;
  live record;
BEGIN
  SELECT posted - held AS available, next_expiry_ms, told, low_below INTO w FROM wallet
    WHERE id = a_account FOR UPDATE;
  IF NOT FOUND OR w.available < a_hold OR w.next_expiry_ms <= a_created THEN RETURN false; END IF;
  -- Somebody hears of its holds, or of its low balance.
  IF w.told <> 0 OR w.low_below >= 0 THEN RETURN false; END IF;
  PERFORM 1 FROM wallet_debt WHERE account_id = a_account;
  IF FOUND THEN RETURN false; END IF;
  -- Whose period begins when is for the program to say.
  PERFORM 1 FROM budget WHERE account_id = a_account AND removed_at_ms = 0 AND (scope = 'account'
    OR (scope = 'key' AND scope_id = a_key) OR (scope = 'project' AND scope_id = a_project));
  IF FOUND THEN RETURN false; END IF;
  IF a_key_jobs_max > 0 OR a_account_jobs_max > 0 THEN
    SELECT count(*) FILTER (WHERE wallet_id = a_account) AS of_account,
        count(*) FILTER (WHERE key_id = a_key) AS of_key INTO live FROM job
      WHERE account_id = a_account AND state IN ('queued', 'running');
    IF (a_key_jobs_max > 0 AND live.of_key >= a_key_jobs_max)
        OR (a_account_jobs_max > 0 AND live.of_account >= a_account_jobs_max) THEN
      RETURN false;
    END IF;
  END IF;
  IF a_has_answer = 1 THEN
    INSERT INTO idempotency (scope, key, state, status, body, created_at_ms)
      VALUES (a_scope, a_idempotency_key, 'done', a_status, a_body, a_created)
      ON CONFLICT (scope, key) DO UPDATE SET state = 'done', status = a_status, body = a_body
      WHERE idempotency.state = 'running';
    IF NOT FOUND THEN RETURN false; END IF;
  END IF;
  UPDATE wallet SET held = held + a_hold WHERE id = a_account;
  INSERT INTO job (id, account_id, wallet_id, key_id, project_id, source, is_test, kind, lane, state, title,
      folder_id, batch_id, batch_index, price_item, price_version, cost_max, created_at_ms,
      deadline_at_ms)
    VALUES (a_job, a_account, a_account, a_key, a_project, a_source, 0, a_kind, a_lane, 'queued', a_title,
      a_folder, a_batch, a_batch_index, a_item, a_price_version, a_cost_max, a_created, a_deadline);
  INSERT INTO job_request (job_id, request) VALUES (a_job, a_request);
  INSERT INTO hold (job_id, wallet_id, amount, created_at_ms)
    VALUES (a_job, a_account, a_hold, a_created);
  PERFORM hot_hold_lots_1(a_job, a_account, a_hold);
  IF a_inputs <> '{}' THEN
    INSERT INTO blob_ref (owner, hash) SELECT 'job:' || a_job, unnest(a_inputs)
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN true;
END $$;

-- The id of the job that is running now, or nothing; '*': the long way, because jobs wait for room.
CREATE OR REPLACE FUNCTION hot_claim_1(
  a_lanes text[], a_worker text, a_lease_until bigint, a_now bigint) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  one record;
  best_lane text;
  best_created bigint;
  best_id text;
BEGIN
  PERFORM 1 FROM job_waiting LIMIT 1;
  IF FOUND THEN RETURN '*'; END IF;
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

-- Ends a job's part in its budgets: what was held is free, what was spent counts.
CREATE OR REPLACE FUNCTION hot_settle_budgets_1(a_job text, a_held bigint, a_spent bigint)
RETURNS void LANGUAGE sql AS $$
  UPDATE budget_window SET held = held - a_held, spent = spent + a_spent FROM hold_budget
    WHERE job_id = a_job AND budget_window.budget_id = hold_budget.budget_id
      AND budget_window.start_ms = hold_budget.start_ms;
$$;

-- 0: done; 1: was done before; 2: no longer this worker's; 3: the long way. `exact` is the price of
-- what was delivered, of which no more than the hold is taken.
CREATE OR REPLACE FUNCTION hot_complete_1(
  a_job text, a_fence bigint, a_quantity bigint, a_result text, a_outputs text[], a_exact bigint,
  a_payload text, a_now bigint, OUT code bigint, OUT captured bigint) LANGUAGE plpgsql AS $$
DECLARE
  j record;
  w record;
  lot record;
  reserved bigint;
  part bigint;
  missing bigint;
  expiry bigint;
  number bigint;
  link bytea;
BEGIN
  SELECT account_id, wallet_id, key_id, project_id, source, is_test, kind, state, fence, price_item,
      price_lines, price_version INTO j FROM job WHERE id = a_job FOR UPDATE;
  IF FOUND AND j.state = 'completed' AND j.fence = a_fence THEN code := 1; RETURN; END IF;
  IF NOT FOUND OR j.state <> 'running' OR j.fence <> a_fence THEN code := 2; RETURN; END IF;
  IF j.is_test = 1 OR j.price_item = '' OR j.price_lines <> '' OR j.wallet_id <> j.account_id THEN
    code := 3;
    RETURN;
  END IF;
  SELECT posted, held, last_seq + 1 AS seq, last_hash, next_expiry_ms, told INTO w FROM wallet
    WHERE id = j.wallet_id FOR UPDATE;
  IF w.told <> 0 THEN code := 3; RETURN; END IF;
  UPDATE job SET state = 'completed', result = a_result, quantity = a_quantity,
      finished_at_ms = a_now, progress = 1, stage = '', eta_ms = 0 WHERE id = a_job;
  UPDATE hold SET state = 'captured', captured = least(a_exact, amount), closed_at_ms = a_now
    WHERE job_id = a_job AND state = 'open' RETURNING amount, hold.captured INTO reserved, captured;
  IF NOT FOUND THEN RAISE EXCEPTION 'job % has no open hold', a_job; END IF;
  INSERT INTO txn (kind, reference, note, actor, created_at_ms)
    VALUES ('capture', a_job, '', '', a_now) RETURNING id INTO number;
  -- money::entry_hash()
  link := sha256(w.last_hash || convert_to(
    '|' || octet_length(j.wallet_id) || ':' || j.wallet_id || '|' || w.seq || '|' || number ||
    '|7:capture|' || octet_length(a_job) || ':' || a_job || '|' || -captured || '|' ||
    w.posted - captured || '|' || a_now, 'UTF8'));
  INSERT INTO entry (account_id, seq, txn_id, amount, balance_after, prev_hash, hash) VALUES
    (j.wallet_id, w.seq, number, -captured, w.posted - captured, w.last_hash, link),
    ('revenue', number, number, captured, 0, '', '');
  missing := captured;
  expiry := w.next_expiry_ms;
  FOR lot IN SELECT lot_id, ordinal, hold_lot.amount, expires_at_ms FROM hold_lot
      JOIN grant_lot ON grant_lot.id = lot_id WHERE job_id = a_job ORDER BY ordinal LOOP
    part := least(lot.amount, missing);
    UPDATE grant_lot SET remaining = remaining - part, held = held - lot.amount WHERE id = lot.lot_id;
    UPDATE hold_lot SET captured = part WHERE job_id = a_job AND ordinal = lot.ordinal;
    -- What is given back to a lot that may end has to be looked at when it does.
    IF part <> lot.amount THEN expiry := least(expiry, lot.expires_at_ms); END IF;
    missing := missing - part;
  END LOOP;
  IF missing <> 0 THEN RAISE EXCEPTION 'the lots of wallet % do not cover it', j.wallet_id; END IF;
  UPDATE wallet SET posted = posted - captured, held = held - reserved, last_seq = w.seq,
    last_hash = link, next_expiry_ms = expiry WHERE id = j.wallet_id;
  PERFORM hot_settle_budgets_1(a_job, reserved, captured);
  INSERT INTO usage (id, account_id, wallet_id, job_id, key_id, project_id, source, is_test, product,
      price_item, price_version, quantity, amount, created_at_ms)
    VALUES (number, j.account_id, j.wallet_id, a_job, j.key_id, j.project_id, j.source, 0, j.kind, j.price_item,
      j.price_version, a_quantity, captured, a_now);
  IF a_outputs <> '{}' THEN
    INSERT INTO blob_ref (owner, hash) SELECT 'job:' || a_job, unnest(a_outputs)
      ON CONFLICT DO NOTHING;
  END IF;
  INSERT INTO outbox (topic, account_id, payload, created_at_ms, not_before_ms)
    VALUES ('job.completed', j.account_id, a_payload, a_now, a_now);
  code := 0;
END $$;

-- 0: failed and released; 1: queued again; 2: no longer this worker's; 3: the long way.
CREATE OR REPLACE FUNCTION hot_fail_1(
  a_job text, a_fence bigint, a_failure text, a_message text, a_attempts_max bigint, a_payload text,
  a_now bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  j record;
  lot record;
  released bigint;
  expiry bigint;
  told_of bigint;
BEGIN
  SELECT account_id, wallet_id, is_test, state, fence, attempt, price_item INTO j FROM job
    WHERE id = a_job FOR UPDATE;
  IF NOT FOUND OR j.state <> 'running' OR j.fence <> a_fence THEN RETURN 2; END IF;
  IF j.attempt < a_attempts_max THEN
    UPDATE job SET state = 'queued', worker_id = '', lease_until_ms = 0, stage = '', eta_ms = -1
      WHERE id = a_job;
    RETURN 1;
  END IF;
  IF j.is_test = 1 OR j.price_item = '' OR j.wallet_id <> j.account_id THEN RETURN 3; END IF;
  SELECT next_expiry_ms, told INTO expiry, told_of FROM wallet WHERE id = j.wallet_id FOR UPDATE;
  IF told_of <> 0 THEN RETURN 3; END IF;
  UPDATE job SET state = 'failed', failure_code = a_failure, failure_message = a_message,
      finished_at_ms = a_now, stage = '', eta_ms = -1, fence = fence + 1 WHERE id = a_job;
  UPDATE hold SET state = 'released', closed_at_ms = a_now WHERE job_id = a_job AND state = 'open'
    RETURNING amount INTO released;
  IF FOUND THEN
    FOR lot IN SELECT lot_id, hold_lot.amount, expires_at_ms FROM hold_lot
        JOIN grant_lot ON grant_lot.id = lot_id WHERE job_id = a_job LOOP
      UPDATE grant_lot SET held = held - lot.amount WHERE id = lot.lot_id;
      expiry := least(expiry, lot.expires_at_ms);
    END LOOP;
    DELETE FROM hold_lot WHERE job_id = a_job;
    UPDATE wallet SET held = held - released, next_expiry_ms = expiry WHERE id = j.wallet_id;
    PERFORM hot_settle_budgets_1(a_job, released, 0);
  END IF;
  INSERT INTO outbox (topic, account_id, payload, created_at_ms, not_before_ms)
    VALUES ('job.failed', j.account_id, a_payload, a_now, a_now);
  RETURN 0;
END $$;
