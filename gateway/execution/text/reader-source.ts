/**
 * What generated readers share: `t` the text, `i` where they stand in it, `T` the tape and `n` its length, `Q` the
 * items of the lists that are being read. `B` is thrown at anything unexpected, also at JSON that is valid but not
 * written as JSON.stringify does (blanks, other order of keys): then the answer is parsed in the ordinary way, and
 * what is wrong is reported there.
 *
 * Accepted leaves are later cut out and delivered as they are. Booleans, enums, integers and objects of custom scalars
 * are exactly the text that JSON.stringify gives. Two kinds are only equal as JSON: strings may have escapes that are
 * not needed (`\/`, `\u00e9`), and decimals of at most 15 characters may have zeros that are not (`1.50`); longer ones,
 * which may not be the same in IEEE 754, must be written as JavaScript does.
 */
export const READER_SOURCE = `let t="",i=0,n=0,T=null,Q=[];
function room(){if(n>T.length){const x=new Int32Array(Math.max(n,T.length*2));x.set(T);T=x}}
function lit(s){const m=s.length;for(let k=0;k<m;k++)if(t.charCodeAt(i+k)!==s.charCodeAt(k))throw B;i+=m}
function str(){if(t.charCodeAt(i)!==34)throw B;let j=i+1;for(;;j++){const c=t.charCodeAt(j);if(c===34)break;
if(c===92)j=esc(j);else if(!(c>=32))throw B}i=j+1}
function esc(j){const c=t.charCodeAt(j+1);if(c===117){for(let k=2;k<6;k++){const h=t.charCodeAt(j+k);
if(!(h>=48&&h<=57||h>=65&&h<=70||h>=97&&h<=102))throw B}return j+5}
if(c===34||c===92||c===47||c===98||c===102||c===110||c===114||c===116)return j+1;throw B}
function digits(){const s=i;let c=t.charCodeAt(i);while(c>=48&&c<=57)c=t.charCodeAt(++i);if(i===s)throw B}
function whole(){const f=i;digits();if(t.charCodeAt(f)===48&&i>f+1)throw B}
function int(){const s=i;if(t.charCodeAt(i)===45)i++;const f=i;whole();
if(i-f>9&&!(Math.abs(+t.slice(s,i))<2147483648)||f>s&&t.charCodeAt(f)===48)throw B}
function num(){const s=i;if(t.charCodeAt(i)===45)i++;whole();if(t.charCodeAt(i)===46){i++;digits()}
let c=t.charCodeAt(i);const e=c===101||c===69;if(e){c=t.charCodeAt(++i);if(c===43||c===45)i++;digits()}
if(e||i-s>15||t.charCodeAt(s)===45&&t.charCodeAt(s+1)===48){const x=t.slice(s,i);if(String(+x)!==x)throw B}}
function bool(){if(t.charCodeAt(i)===116)lit("true");else lit("false")}
function any(){const c=t.charCodeAt(i);if(c===34)str();else if(c===123||c===91)deep();else if(c===116||c===102)bool();
else num()}
function deep(){const s=i;let d=0;for(;;){const c=t.charCodeAt(i);if(c===34){str();continue}if(!(c>=32))throw B;i++;
if(c===123||c===91)d++;else if(c===125||c===93){d--;if(d===0)break}}
const x=t.slice(s,i);if(JSON.stringify(JSON.parse(x))!==x)throw B}
function ended(){if(t.charCodeAt(i)===44){const rest=JSON.parse('{"x":0'+t.slice(i));
if(Object.hasOwn(rest,"errors")||Object.hasOwn(rest,"data"))throw B;return}
lit("}");for(;i<t.length;i++){const c=t.charCodeAt(i);if(c!==10&&c!==13&&c!==32)throw B}}
function list(a){const m=Q.length-a,r=n;n+=m+1;room();T[r]=m;for(let k=0;k<m;k++)T[r+1+k]=Q[a+k];Q.length=a;return r}
function read(z,text,f,a,b){T=z.tape;n=z.length;t=text;i=0;Q.length=0;try{if(!t.isWellFormed())throw B;
const r=f(a,b);ended();z.tape=T;z.length=n;return r}finally{T=null;t=""}}`;
