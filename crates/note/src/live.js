(() => {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const make = (name, more) => Object.assign(document.createElement(name), more);
  // One figure plays at a time: what a second one does would be out of sight.
  let stop = () => {};
  for (const figure of document.querySelectorAll("figure.live")) {
    const data = JSON.parse(figure.querySelector("script").textContent);
    const picture = figure.querySelector("svg");
    const heads = data.lanes.map(([top, bottom]) => {
      const line = document.createElementNS(picture.namespaceURI, "line");
      line.setAttribute("class", "playhead");
      line.setAttribute("y1", top);
      line.setAttribute("y2", bottom);
      picture.append(line);
      return line;
    });
    const play = make("button", { type: "button", hidden: still });
    const slider = make("input", { type: "range", min: 0, max: data.moments - 1 });
    slider.setAttribute("aria-label", data.words.playhead);
    const time = make("output");
    const bar = make("div", { className: "transport" });
    bar.append(play, slider, time);
    const told = make("dl");
    const said = data.plans.map(plan => {
      const line = make("div");
      const text = make("dd");
      line.append(make("dt", { textContent: plan.name }), text);
      told.append(line);
      return text;
    });
    figure.querySelector("script").after(bar, told);

    const shown = at => {
      const share = at / (data.moments - 1);
      const x = data.left + share * (data.right - data.left);
      for (const line of heads) {
        line.setAttribute("x1", x);
        line.setAttribute("x2", x);
      }
      const [per, digits, unit] = data.unit;
      time.textContent = (share * data.end / per).toFixed(digits).replace(".", data.decimal) + " " + unit;
      slider.setAttribute("aria-valuetext", time.textContent);
      data.plans.forEach((plan, n) => {
        const [done, ...states] = plan.counts[at];
        const parts = states.map((many, state) => many && `${many} × ${data.states[state]}`).filter(Boolean);
        parts.push(data.words.done.replace("{0}", done).replace("{1}", plan.tasks));
        said[n].textContent = parts.join(" · ") + (plan.told ? ". " + data.sentences[plan.told[at]] : "");
      });
    };
    const move = to => {
      slider.value = Math.max(0, Math.min(data.moments - 1, to));
      shown(+slider.value);
    };

    let timer = 0;
    const pause = () => {
      clearInterval(timer);
      timer = 0;
      play.textContent = "▶ " + data.words.play;
      told.setAttribute("aria-live", "polite");
    };
    play.onclick = () => {
      const plays = timer !== 0;
      stop();
      pause();
      if (plays) {
        return;
      }
      stop = pause;
      told.setAttribute("aria-live", "off");
      play.textContent = "❚❚ " + data.words.pause;
      if (+slider.value === data.moments - 1) {
        move(0);
      }
      timer = setInterval(() => {
        move(+slider.value + 1);
        if (+slider.value === data.moments - 1) {
          pause();
        }
      }, 5000 / data.moments);
    };
    slider.oninput = () => {
      pause();
      shown(+slider.value);
    };
    picture.onclick = event => {
      const box = picture.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width * picture.viewBox.baseVal.width;
      pause();
      move(Math.round((x - data.left) / (data.right - data.left) * (data.moments - 1)));
    };
    pause();
    move(data.at);
  }
  addEventListener("beforeprint", () => {
    stop();
    for (const closed of document.querySelectorAll("details:not([open])")) {
      closed.open = true;
    }
  });
})();
